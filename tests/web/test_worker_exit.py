"""How the worker ends: by its exit code a supervisor learns whether somebody stopped it."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress

import pytest

from bin.local.frozen_postgres import frozen
from tests.votes.own_server import ROOT, own_server
from tests.waiting import wait_until

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


WAITING_FOR_A_LOCK = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
DEFER_PURGE = """
SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
    'default', 'web.tasks.purge_expired', 0, NULL, NULL, '{"timestamp": 0}', NULL
)::procrastinate_job_to_defer_v1])
"""
IMPATIENT = """
import sys
from django.core.management import execute_from_command_line
from web import worker_limits
worker_limits.LONGEST_ANSWER, worker_limits.LONGEST_SILENCE = map(float, sys.argv.pop().split())
execute_from_command_line(sys.argv)
"""


@contextmanager
def worker_that_waits(server, *seconds, options=()):
    """Yield a worker with LONGEST_ANSWER and LONGEST_SILENCE."""
    environment = os.environ | {"DATABASE_URL": server.handle.url, "DEBUG": "on"}
    environment |= {"LOCK_TIMEOUT": "60s", "DJANGO_SETTINGS_MODULE": "config.settings"}
    server.rows("DELETE FROM procrastinate_workers RETURNING 1")  # of workers that were killed
    limits = " ".join(map(str, seconds))
    command = [sys.executable, "-c", IMPATIENT, "procrastinate", "worker", *options, limits]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE) as process:
        wait_until(lambda: server.rows("SELECT 1 FROM procrastinate_workers"))
        try:
            yield process
        finally:
            process.kill()


def test_a_worker_whose_postgres_is_silent_ends_with_an_error(server):
    # It runs no job, which would wait for Postgres too.
    idle = worker_that_waits(server, 3, 600, options=["--queues=none"])
    with idle as worker, frozen(server.handle.data_dir):
        worker.communicate(timeout=120)

    assert worker.returncode == 1


def test_a_worker_whose_job_waits_for_a_silent_postgres_ends_too(server):
    with server.connect() as holder, holder.transaction():
        holder.execute("LOCK TABLE newsletter_subscriber IN ACCESS EXCLUSIVE MODE")
        with worker_that_waits(server, 3, 12) as worker:
            server.rows(DEFER_PURGE)
            wait_until(lambda: server.rows(WAITING_FOR_A_LOCK))
            with frozen(server.handle.data_dir):
                _, said = worker.communicate(timeout=120)

    assert worker.returncode == 1
    assert "the worker ends" in said.decode().splitlines()[-1]


def test_a_worker_with_an_answering_postgres_goes_on(server):
    with worker_that_waits(server, 600, 12) as worker, suppress(subprocess.TimeoutExpired):
        worker.communicate(timeout=16)

    assert worker.returncode == -signal.SIGKILL
