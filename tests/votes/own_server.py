"""A Postgres server that a test may crash: not the suite's, durable, migrated, and gone afterwards."""

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bin.local.postgres_server import LocalServer
from tests.waiting import GIVE_UP_AFTER

ROOT = Path(__file__).resolve().parents[2]
# Nothing is held or refused but what a test asks for.
NO_RULES = {
    "VOTE_LIMIT_READER_AT_ONCE": 10**9,
    "VOTE_LIMIT_NETWORK_AT_ONCE": 10**9,
    "VOTE_PACE_AT_ONCE": 10**9,
    "VOTE_NEW_READERS_PER_HOUR": 10**9,
    "VOTE_NETWORK_CAP": 10**9,
    "VOTE_BURST_FLOOR": 10**9,
}


@dataclass
class OwnServer:
    handle: LocalServer

    @property
    def environment(self):
        own = {"DEBUG": 1, "DATABASE_URL": self.handle.url, "DATABASE_POOL_SIZE": 64}
        own |= {"DJANGO_SETTINGS_MODULE": "config.settings", "LOG_LEVEL": "CRITICAL"}
        return os.environ | {name: str(value) for name, value in (own | NO_RULES).items()}

    def connect(self, name="observer"):
        return psycopg.connect(self.handle.url, autocommit=True, application_name=name)

    def rows(self, query, *values):
        with self.connect() as connection:
            return connection.execute(query, values).fetchall()

    def manage(self, *args):
        command = [sys.executable, "manage.py", *args]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True
        ).stdout

    def start_readers(self, plan, **values):
        """Run a function of `load_test_readers` in a process of its own; see `answer_of`."""
        program = "import django; django.setup(); from tests.votes import load_test_readers; load_test_readers.main()"
        command = [sys.executable, "-c", program, plan, json.dumps(values)]
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE)

    def ask_readers(self, plan, **values):
        return answer_of(self.start_readers(plan, **values))

    def crash(self, away_for=0.5):
        """Stop as a power cut would, and come back."""
        self.handle.stop("immediate")
        time.sleep(away_for)
        self.handle.start()

    def kill_a_connection(self):
        with suppress(psycopg.OperationalError), self.connect() as connection:
            connection.execute("""
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE backend_type = 'client backend' AND application_name <> 'observer'
                ORDER BY random() LIMIT 1
            """)

    @property
    def log(self):
        return self.handle.log.read_text()


@contextmanager
def own_server(parent=None):
    """Its data is in a folder of its own below `parent`."""
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        handle = LocalServer(Path(folder) / "postgres")
        handle.join()
        server = OwnServer(handle)
        try:
            server.manage("migrate", "--verbosity", "0")
            yield server
        finally:
            handle.leave("immediate")  # its folder goes too


def answer_of(process):
    """The answers that the readers of a process got, when they are done."""
    output, _ = process.communicate(timeout=10 * GIVE_UP_AFTER)
    assert process.returncode == 0
    return json.loads(output)
