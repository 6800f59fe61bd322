"""Sign-ups that the site acknowledged, while its worker and its database are killed with real processes."""

import subprocess
import sys
import tempfile
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

import psycopg
import pytest

from bin.local.faults.disks import filled, small_disk
from bin.local.postgres_server import is_running
from tests.deploy.site import gunicorn
from tests.newsletter.smtp_server import SmtpServer
from tests.votes.own_server import ROOT, own_server
from tests.waiting import wait_until

NO_WAITING = {
    f"NEWSLETTER_{limit}_AT_ONCE": "1000000"
    for limit in ["FIRST_REQUESTS", "LIMIT_NETWORK", "LIMIT_DOMAIN"]
}
# Until Postgres gives up.
FILL_THE_LOG = "SELECT pg_logical_emit_message(true, 'filler', repeat('x', 4000000))"


class Unfollowed(HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


@pytest.fixture
def smtp_server():
    with SmtpServer() as smtp_server:
        yield smtp_server


@pytest.fixture
def site(smtp_server, tmp_path):
    with site_in(None, smtp_server, tmp_path) as site:
        yield site


@pytest.fixture
def disk():
    # Not in pytest's folder, which only root may enter: Postgres has a user of its own.
    with tempfile.TemporaryDirectory() as folder, small_disk(Path(folder), 300) as is_mounted:
        if not is_mounted:
            pytest.skip("Only root may mount a disk that can be filled.")
        yield Path(folder)


@pytest.fixture
def site_on_disk(disk, smtp_server, tmp_path):
    with site_in(disk, smtp_server, tmp_path) as site:
        yield site


@contextmanager
def site_in(parent, smtp_server, tmp_path):
    with own_server(parent) as server:
        environment = server.environment | NO_WAITING
        environment |= {
            "MAIL_URL": f"smtp+plain://127.0.0.1:{smtp_server.port}",
            "TRUSTED_PROXY_HOPS": "1",
            "WEB_WORKERS": "1",
        }
        with gunicorn(tmp_path, environment) as port:
            yield Site(server, environment, port)


class Site:
    def __init__(self, server, environment, port):
        self.server, self.environment, self.port = server, environment, port
        self.acknowledged, self.refused = [], []

    def sign_up(self, email):
        """Send the form from a network of its own, and note whether the site said that an email will come."""
        network = f"198.51.{len(email)}.{sum(email.encode()) % 250}"
        body = urlencode({"place": "footer", "email": email}).encode()
        headers = {"X-Forwarded-For": network, "Sec-Fetch-Site": "same-origin"}
        request = Request(f"http://127.0.0.1:{self.port}/newsletter/", body, headers)
        try:
            build_opener(Unfollowed).open(request, timeout=20)
        except HTTPError as answer:
            if answer.code == 303:
                self.acknowledged.append(email)
            else:
                self.refused.append((answer.code, answer.headers["Retry-After"]))
        except (URLError, ConnectionError):
            pass

    @contextmanager
    def worker(self):
        command = [sys.executable, "manage.py", "procrastinate", "worker"]
        process = subprocess.Popen(command, cwd=ROOT, env=self.environment)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def let_a_minute_pass(self):
        """For the heartbeats of workers, by which others see that one is gone."""
        self.server.rows(
            "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 minute' RETURNING 1"
        )


def test_no_acknowledged_sign_up_is_lost_with_a_killed_worker_and_a_crashed_database(
    site, smtp_server
):
    with site.worker() as worker:
        for address in ["hang1@example.org", "hang2@example.org"]:
            site.sign_up(address)
        wait_until(lambda: smtp_server.commands.count("data") == 2)  # both jobs are under way
        site.sign_up("queued@example.org")
        worker.kill()
        worker.wait()
    smtp_server.misbehave = False
    site.sign_up("without-a-worker@example.org")
    site.server.crash()
    for n in range(5):
        site.sign_up(f"after-a-crash-{n}@example.org")
    assert len(site.acknowledged) == 9
    site.let_a_minute_pass()

    with site.worker():
        wait_until(lambda: set(smtp_server.recipients()) >= set(site.acknowledged))


def test_a_worker_that_loses_the_database_in_the_middle_of_a_job_loses_no_email(site, smtp_server):
    with site.worker():
        site.sign_up("hang@example.org")
        wait_until(lambda: "data" in smtp_server.commands)
        smtp_server.misbehave = False
        site.server.crash(away_for=2)
        site.sign_up("after@example.org")
        assert site.acknowledged == ["hang@example.org", "after@example.org"]
    with suppress(psycopg.OperationalError):
        site.let_a_minute_pass()

    with site.worker():
        wait_until(lambda: set(smtp_server.recipients()) == set(site.acknowledged))


def test_no_acknowledged_sign_up_is_lost_on_a_full_disk_and_the_others_are_refused(
    site_on_disk, smtp_server, disk
):
    site = site_on_disk
    smtp_server.misbehave = False
    site.sign_up("before@example.org")
    with closing(site.server.connect()) as connection, filled(disk):
        for n in range(150):  # until the pages that there are have no room
            site.sign_up(f"full-{n}@example.org")
        assert site.refused
        with pytest.raises(psycopg.OperationalError):
            while True:
                connection.execute(FILL_THE_LOG)
        wait_until(lambda: not is_running(site.server.handle.data_dir))
        for n in range(5):
            site.sign_up(f"without-a-log-{n}@example.org")
    site.server.handle.start()
    for n in range(5):
        site.sign_up(f"after-{n}@example.org")

    assert set(site.refused) == {(503, "5")}
    assert len(site.acknowledged) + len(site.refused) == 161
    assert site.acknowledged[-5:] == [f"after-{n}@example.org" for n in range(5)]
    with site.worker():
        wait_until(lambda: set(smtp_server.recipients()) >= set(site.acknowledged))
    assert set(smtp_server.recipients()) == set(site.acknowledged)
