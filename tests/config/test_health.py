"""What the health checks answer to load balancers and monitoring."""

from datetime import timedelta

import pytest
from django.db import OperationalError, ProgrammingError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.backup.models import LastBackup
from config.health import parts
from newsletter.delivery.sending_gate import get_gate
from newsletter.models import Delivery, SendingGate
from newsletter.signup.tasks import send_mail
from tests.newsletter.digests import full_digest
from tests.newsletter.factories import make_issue, make_subscriber
from tests.web.test_stalled_jobs import execute, make_worker

pytestmark = pytest.mark.django_db
A_MINUTE = timedelta(minutes=1)
TOKEN = "a token of the operator"


@pytest.fixture(autouse=True)
def health_token(settings):
    settings.HEALTH_TOKEN = TOKEN


def parts_of(client, path):
    answer = client.get(path, headers={"authorization": f"Bearer {TOKEN}"})
    return answer.status_code, answer.content.decode().splitlines()


def without_a_database():
    def away(*args):
        raise OperationalError("the database is away")

    return connection.execute_wrapper(away)


def test_the_site_is_healthy_with_one_query(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = client.get("/healthz/")

    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("path", ["/healthz/", "/healthz/ready/", "/healthz/work/"])
def test_without_its_database_the_site_is_not_well(client, path):
    with without_a_database():
        assert parts_of(client, path) == (503, ["FAILING database: does not answer"])
        answer = client.get(path)

    assert (answer.status_code, answer.content) == (503, b"not well\n")


def test_the_process_lives_without_its_database(client, django_assert_num_queries):
    with without_a_database(), django_assert_num_queries(0):
        answer = client.get("/healthz/live/")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_a_process_is_ready_with_the_database_and_its_migrations(client):
    assert parts_of(client, "/healthz/ready/") == (
        200,
        ["ok database: answers", "ok migrations: all applied", "ok replica: none"],
    )


def test_a_process_is_not_ready_before_its_migrations(client):
    execute(
        "DELETE FROM django_migrations WHERE app = 'votes' AND name = '0002_rules' RETURNING id"
    )

    status, lines = parts_of(client, "/healthz/ready/")

    assert (status, lines[1]) == (503, "FAILING migrations: not applied: votes.0002_rules")


def test_many_missing_migrations_are_counted(client):
    execute("DELETE FROM django_migrations WHERE app = 'votes' RETURNING id")

    _, lines = parts_of(client, "/healthz/ready/")

    assert lines[1] == "FAILING migrations: not applied: votes.0001_tables and 1 more"


def test_work_gets_done(client, django_assert_num_queries):
    make_worker(silent_seconds=5)
    with django_assert_num_queries(6):
        found = parts_of(client, "/healthz/work/")

    assert found == (
        200,
        [
            "ok worker: last heartbeat 5 s ago",
            "ok due jobs: none",
            "ok failed jobs: 0",
            "ok sending: open",
            "ok deliveries: 0 uncertain",
            "ok last backup: not scheduled",
            "ok last dump: not scheduled",
            "ok issues: none is being sent",
        ],
    )


def failing(client):
    """What is failing with a worker that is there."""
    make_worker(silent_seconds=0)
    status, lines = parts_of(client, "/healthz/work/")
    assert status == 503
    return [line.removeprefix("FAILING ") for line in lines if line.startswith("FAILING")]


def test_no_worker_has_ever_run(client):
    status, lines = parts_of(client, "/healthz/work/")

    assert (status, lines[0]) == (503, "FAILING worker: none has run")


def test_the_worker_is_gone(client):
    make_worker(silent_seconds=90)

    status, lines = parts_of(client, "/healthz/work/")

    assert (status, lines[0]) == (503, "FAILING worker: last heartbeat 90 s ago")


def test_a_job_is_overdue(client):
    job = send_mail.defer(kind="confirmation", subscriber=1)
    age = f"now() - interval '{parts.JOB_OVERDUE + 10} seconds'"
    execute(f"UPDATE procrastinate_events SET at = {age} WHERE job_id = {job} RETURNING id")

    assert failing(client) == ["due jobs: the oldest is due for 910 s"]


def test_a_job_that_is_due_later_is_not_overdue(client):
    send_mail.configure(schedule_in={"hours": 1}).defer(kind="confirmation", subscriber=1)
    execute("UPDATE procrastinate_events SET at = now() - interval '1 day' RETURNING id")
    make_worker(silent_seconds=0)

    assert parts_of(client, "/healthz/work/")[0] == 200


def test_a_job_has_failed_for_good(client):
    send_mail.defer(kind="confirmation", subscriber=1)
    execute("UPDATE procrastinate_jobs SET status = 'failed' RETURNING id")

    assert failing(client) == ["failed jobs: 1"]


@pytest.mark.parametrize(
    ("gate", "text"),
    [
        ({"trip_reason": "broken TLS"}, "sending: stopped: broken TLS"),
        (
            {"identity": "another"},
            "sending: stopped: this may be a restored copy of the database",
        ),
    ],
)
def test_sending_is_stopped(client, gate, text):
    SendingGate.objects.filter(pk=get_gate().pk).update(**gate)

    assert failing(client) == [text]


def test_a_pause_of_sending_ends_without_anybody(client):
    until = timezone.now() + timedelta(minutes=1)
    pause = {"paused_until": until, "pause_reason": "421 too busy"}
    SendingGate.objects.filter(pk=get_gate().pk).update(**pause)
    make_worker(silent_seconds=0)

    status, lines = parts_of(client, "/healthz/work/")

    expected = f"ok sending: paused until {until:%H:%M:%S} UTC: 421 too busy"
    assert (status, lines[3]) == (200, expected)


def test_who_knows_the_token_reads_how_an_issue_is_being_sent(client):
    issue = make_issue(full_digest(), state="sending", published_at=timezone.now() - A_MINUTE)
    for state in ["sent"] * 30 + ["queued"] * 10:
        Delivery.objects.create(issue=issue, subscriber=make_subscriber(), state=state)
    refused = {
        "code": 450,
        "reply": "450 <bea@example.org>: full",
        "next_try_at": timezone.now() + A_MINUTE,
    }
    Delivery.objects.create(issue=issue, subscriber=make_subscriber(), state="queued", **refused)
    make_worker(silent_seconds=0)

    _, lines = parts_of(client, "/healthz/work/")

    assert lines[-1] == (
        "ok issues: issue 1: 30 of 41 done, 0.5 emails a second, about 20 seconds left; "
        "last refusal: 450"
    )
    with CaptureQueriesContext(connection) as queries:
        client.get("/healthz/work/")
    assert not [query for query in queries if "newsletter_issue" in query["sql"]]


def test_a_delivery_is_uncertain(client):
    Delivery.objects.create(issue=make_issue(), subscriber=make_subscriber(), state="uncertain")

    assert failing(client) == ["deliveries: 1 uncertain"]


def backed_up(settings, hours, **fields):
    settings.BACKUP_DIR = "/backups"
    taken_at = timezone.now() - timedelta(hours=hours)
    LastBackup.objects.create(pk=1, taken_at=taken_at, bytes=5000, proof="restored", **fields)


def test_the_last_backup_is_fresh_and_verified(client, settings):
    backed_up(settings, hours=25)
    make_worker(silent_seconds=0)

    status, lines = parts_of(client, "/healthz/work/")

    assert (status, lines[5]) == (
        200,
        "ok last backup: restored and compared, 25 h old, 5000 bytes",
    )


def test_the_last_verified_backup_is_old(client, settings):
    backed_up(settings, hours=27, problem="No space left on device")

    assert failing(client) == [
        "last backup: restored and compared, 27 h old, 5000 bytes; "
        "the last attempt failed: No space left on device"
    ]


def test_no_backup_has_been_made_though_one_is_scheduled(client, settings):
    settings.BACKUP_DIR = "/backups"

    assert failing(client) == ["last backup: none has been made"]
    assert parts.last_backup().hint.startswith("Run manage.py backup now")


def dumped(settings, folder, hours):
    """As `publish_dump` leaves it."""
    settings.DATA_DIR = str(folder)
    name = (timezone.now() - timedelta(hours=hours)).strftime("%Y-%m-%dT%H%M%S%fZ")
    (folder / name).mkdir()
    (folder / "current").symlink_to(name)


def test_the_last_dump_is_fresh(client, settings, tmp_path):
    dumped(settings, tmp_path, hours=25)
    make_worker(silent_seconds=0)

    status, lines = parts_of(client, "/healthz/work/")

    assert (status, lines[6]) == (200, "ok last dump: 25 h old")


def test_the_last_dump_is_old(client, settings, tmp_path):
    dumped(settings, tmp_path, hours=27)

    assert failing(client) == ["last dump: 27 h old"]


def test_no_dump_has_been_published_though_one_is_scheduled(client, settings, tmp_path):
    settings.DATA_DIR = str(tmp_path)

    assert failing(client) == [f"last dump: none is in {tmp_path}"]


def test_what_is_not_well_is_no_error_in_the_log_with_each_probe(client, caplog):
    for path in ["/healthz/work/", "/healthz/work/"]:
        assert client.get(path).status_code == 503

    assert [record for record in caplog.records if record.levelname != "DEBUG"] == []


def test_a_wrong_statement_is_named_and_logged_once(client, caplog):
    parts._unreadable.cache_clear()

    def without_workers(execute, sql, *args):
        if "procrastinate_workers" in sql:
            raise ProgrammingError("no such\nrelation")
        return execute(sql, *args)

    with connection.execute_wrapper(without_workers):
        answers = [parts_of(client, "/healthz/work/") for _ in range(2)]

    for status, lines in answers:
        assert (status, lines[0]) == (503, "FAILING worker: could not be read: no such relation")
        assert lines[1] == "ok due jobs: none"
    (record,) = [record for record in caplog.records if record.name == "config.health.parts"]
    assert (record.levelname, record.getMessage()) == (
        "ERROR",
        "The health check of worker failed: no such relation",
    )


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer wrong", TOKEN, "Bearer \u00fc"])
def test_only_who_knows_the_token_is_told_what_fails(client, header):
    answer = client.get("/healthz/work/", headers={"authorization": header})

    assert (answer.status_code, answer.content) == (503, b"not well\n")


def test_without_a_token_nobody_is_told(client, settings):
    settings.HEALTH_TOKEN = ""

    answer = client.get("/healthz/work/", headers={"authorization": "Bearer "})

    assert answer.content == b"not well\n"
