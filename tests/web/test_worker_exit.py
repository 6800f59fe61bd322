"""How the worker ends: by its exit code a supervisor learns whether somebody stopped it."""

import os
import subprocess
import sys

import pytest

from tests.votes.own_server import ROOT, own_server
from tests.web.servers import wait_until

HEARTBEAT = "procrastinate_update_heartbeat_v1"


@pytest.fixture(scope="module")
def server():
    with own_server() as server:
        yield server


@pytest.fixture
def worker(server):
    environment = os.environ | {"DATABASE_URL": server.handle.url, "DEBUG": "on"}
    command = [sys.executable, "manage.py", "procrastinate", "worker"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE) as process:
        wait_until(lambda: server.rows("SELECT 1 FROM procrastinate_workers"))
        yield process
        process.kill()


def test_a_worker_that_is_stopped_ends_well(worker):
    worker.terminate()

    assert worker.wait(60) == 0


def test_a_worker_that_lost_postgres_ends_with_an_error_though_it_is_back(server, worker):
    server.crash(away_for=3)

    worker.communicate(timeout=120)

    assert worker.returncode == 1


def test_a_worker_whose_heartbeat_fails_ends_with_an_error(server, worker):
    """procrastinate would end as if it had been stopped."""
    with server.connect() as connection:
        connection.execute(f"ALTER FUNCTION {HEARTBEAT} RENAME TO no_heartbeat")
        _, said = worker.communicate(timeout=120)
        connection.execute(f"ALTER FUNCTION no_heartbeat RENAME TO {HEARTBEAT}")

    assert worker.returncode == 1
    assert said.decode().splitlines()[-1] == (
        "CommandError: The worker lost Postgres and has to be started again."
    )
