"""What /metrics prints, and to whom."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from prometheus_client.parser import text_string_to_metric_families

from bin.local.port import free_port
from config.metrics import installation
from newsletter.delivery.sending_gate import get_gate
from newsletter.models import Delivery, SendingGate
from newsletter.signup.tasks import send_mail
from tests.config.test_health import backed_up, without_a_database
from tests.deploy.site import production
from tests.newsletter.factories import make_issue, make_subscriber
from tests.waiting import wait_until
from tests.web.test_logs import ROOT, Request, ask
from tests.web.test_stalled_jobs import execute, make_worker

pytestmark = pytest.mark.django_db
TOKEN = "a token of the operator"
HEADERS = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture(autouse=True)
def metrics_token(settings):
    settings.METRICS_TOKEN = TOKEN


def values_in(text):
    """{name: {label values, sorted by label: value}}"""
    values = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            values.setdefault(sample.name, {})[
                tuple(value for _, value in sorted(sample.labels.items()))
            ] = sample.value
    return values


def printed(client):
    answer = client.get("/metrics", headers=HEADERS)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    return values_in(answer.content.decode())


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer wrong", TOKEN, "Bearer \u00fc"])
def test_strangers_find_nothing(client, header, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/metrics", headers={"authorization": header})

    assert (answer.status_code, answer.content) == (404, b"404 Not Found\n")


def test_without_a_token_nobody_finds_anything(client, settings):
    settings.METRICS_TOKEN = ""

    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def test_requests_are_printed_with_the_state_of_the_installation(client, settings):
    make_worker(silent_seconds=5)
    backed_up(settings, hours=2)
    client.get("/healthz/live/")

    values = printed(client)

    assert values["shiporskip_requests_total"][("read", "200", "healthz_live")] >= 1
    assert values["shiporskip_health_ok"] == {
        (part,): 1
        for part in [
            "database", "migrations", "replica", "worker", "due jobs", "failed jobs", "sending",
            "deliveries", "last backup", "last dump",
        ]
    }  # fmt: skip
    assert values["shiporskip_worker_heartbeat_age_seconds"][()] == pytest.approx(5, abs=2)
    assert values["shiporskip_last_backup_age_seconds"][()] == pytest.approx(7200, abs=60)
    assert values["shiporskip_oldest_due_job_age_seconds"] == {(): 0}
    assert values["shiporskip_sending_gate_open"] == {(): 1}
    assert values["shiporskip_database_connections"][()] >= 1
    assert values["shiporskip_database_connections_max"][()] >= 10


def test_queues_are_printed_by_state(client):
    job, other = (send_mail.defer(kind="confirmation", subscriber=id) for id in (1, 2))
    execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s RETURNING id", job)
    execute(
        "UPDATE procrastinate_events SET at = now() - interval '100 s' WHERE job_id = %s RETURNING id",
        other,
    )
    issue = make_issue()
    type(issue).objects.filter(pk=issue.pk).update(
        state="sending", number=1, content={}, content_hash="x", published_at="2026-01-01T00:00Z"
    )
    for state in ["queued", "queued", "uncertain"]:
        reader = make_subscriber()
        Delivery.objects.create(issue=issue, subscriber=reader, state=state)

    values = printed(client)

    assert values["shiporskip_jobs"] == {("default", "todo"): 1, ("default", "failed"): 1}
    assert values["shiporskip_failed_jobs"] == {(): 1}
    assert values["shiporskip_oldest_due_job_age_seconds"][()] == pytest.approx(100, abs=5)
    assert values["shiporskip_deliveries"] == {("queued",): 2, ("uncertain",): 1}
    assert values["shiporskip_uncertain_deliveries"] == {(): 1}


def test_a_stopped_gate_is_not_open(client):
    SendingGate.objects.filter(pk=get_gate().pk).update(trip_reason="broken TLS")

    assert printed(client)["shiporskip_sending_gate_open"] == {(): 0}


def test_without_the_database_the_processes_are_still_printed(client):
    client.get("/healthz/live/")
    with without_a_database():
        values = printed(client)

    assert values["shiporskip_health_ok"] == {("database",): 0}
    assert values["shiporskip_requests_total"]
    assert "shiporskip_jobs" not in values


def test_a_statement_that_takes_too_long_is_left_out(client):
    def slow(execute, sql, *args):
        if sql == installation.DELIVERIES:
            raise OperationalError("too slow")
        return execute(sql, *args)

    with connection.execute_wrapper(slow):
        values = printed(client)

    assert "shiporskip_deliveries" not in values
    assert values["shiporskip_database_connections"]


@pytest.mark.django_db(transaction=True)
def test_the_processes_of_gunicorn_count_together_and_go_on_when_one_has_ended(tmp_path):
    with gunicorn(tmp_path) as (process, port):
        for _ in range(20):
            read(port, "/healthz/live/")
        folder, pids = metric_files(process)
        assert lives(port) == 20

        os.kill(pids[0], signal.SIGKILL)
        wait_until(lambda: not list(folder.glob(f"*_{pids[0]}.db")))

        assert lives(port) == 20
        read(port, "/healthz/live/")
        assert lives(port) == 21
    assert not folder.exists()


@contextmanager
def gunicorn(tmp_path):
    port = free_port()
    environment = production(tmp_path, WEB_WORKERS="2", WEB_BIND=f"127.0.0.1:{port}")
    environment |= {"METRICS_TOKEN": TOKEN, "TRUSTED_PROXY_HOPS": "0"}
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]
    with (
        (tmp_path / "log").open("w") as log,
        subprocess.Popen([*command, "config.wsgi"], cwd=ROOT, env=environment, stdout=log, stderr=log) as process,
    ):  # fmt: skip
        try:
            wait_until(lambda: b"Listening" in (tmp_path / "log").read_bytes())
            yield process, port
        finally:
            process.terminate()
            process.wait(30)


def metric_files(process):
    """The folder in which the workers of gunicorn count, and their process numbers."""
    workers = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    (folder,) = {
        Path(line.split()[-1]).parent
        for worker in workers
        for line in Path(f"/proc/{worker}/maps").read_text().splitlines()
        if line.endswith(".db")
    }
    return folder, [int(worker) for worker in workers]


def read(port, path):
    request = Request(f"http://127.0.0.1:{port}{path}", headers={**HEADERS, "Host": "localhost"})
    return ask(request).decode()


def lives(port):
    counts = values_in(read(port, "/metrics"))["shiporskip_requests_total"]
    return counts[("read", "200", "healthz_live")]
