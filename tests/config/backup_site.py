"""A site on a server of its own, backed up and restored by the commands that operators run."""

import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

import psycopg

from config.backup.contents import contents
from config.backup.database import Database
from tests.votes.own_server import ROOT, OwnServer

FILL = """
from tests.factories import make_tool
from tests.newsletter.factories import make_issue, make_subscriber
from tests.votes.ballots import make_votes
from tools.models import Tool
make_votes(Tool.objects.earliest("pk"), ships=30, skips=12)
make_subscriber(), make_issue()
"""
_numbers = count(1)


@dataclass
class Site:
    """One database of a server, with the settings of a site that uses it."""

    server: OwnServer
    name: str = "postgres"

    @property
    def database(self):
        parameters = psycopg.conninfo.conninfo_to_dict(self.server.handle.url)
        return Database(parameters | {"dbname": self.name}, "")

    @property
    def contents(self):
        with self.database.connect() as connection:
            return contents(connection)

    def rows(self, query):
        with self.database.connect() as connection:
            return connection.execute(query).fetchall()

    def manage(self, *arguments, **settings):
        """Run manage.py; return its exit code and what it said."""
        environment = self.server.environment | {"DATABASE_URL": self.database.url} | settings
        command = [sys.executable, "-W", "ignore", "manage.py", *map(str, arguments)]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        return done.returncode, (done.stdout + done.stderr).strip()

    def fill(self):
        """Load the sample catalogue, votes, a subscriber and an issue."""
        for command in [
            ["import_catalog", ROOT / "sample" / "catalog.json"],
            ["shell", "-c", FILL],
        ]:
            code, said = self.manage(*command)
            assert code == 0, said

    @contextmanager
    def empty_database(self):
        """A new database of the same server."""
        name = f"empty_{next(_numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        try:
            yield Site(self.server, name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement):
        with self.database.connect() as connection:
            connection.execute(statement)
