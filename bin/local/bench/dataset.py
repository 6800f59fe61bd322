"""The databases that are measured: filled by `manage.py seed_scale` once for each size, and copied for each run."""

import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg.sql import SQL, Identifier

from bin.local.installation import PYTHON
from bin.local.terminal import Problem, step

# What decides the content of a seeded database.
SOURCES = [
    "*/migrations/*.py",
    "pages/management/scale/*.py",
    "pages/management/commands/seed_scale.py",
]
PREFIX = "bench_"
COPY = "bench_copy_"


@dataclass(frozen=True)
class Dataset:
    """Filled by the code in `root`, whose migrations and seed are part of its name."""

    root: Path
    tools: int
    votes: int

    @property
    def name(self) -> str:
        return f"{self.same_size}{_fingerprint(self.root)}"

    @property
    def same_size(self) -> str:
        return f"{PREFIX}{self.tools}_{self.votes}_"


class Databases:
    """The databases of one server, whose `url` names another database on it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def url_of(self, name: str) -> str:
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def prepare(self, dataset: Dataset) -> None:
        """Make the dataset unless it is there from an earlier run."""
        if dataset.name in self._names():
            return
        unfinished = f"{PREFIX}unfinished"
        self._drop(unfinished)
        self._execute("CREATE DATABASE {}", unfinished)
        with step(
            f"Making {dataset.tools:,} tools and {dataset.votes:,} votes (kept for later runs)"
        ):
            self._fill(dataset, unfinished)
        self._execute("ALTER DATABASE {} RENAME TO {}", unfinished, dataset.name)

    def drop_outdated(self, datasets: list[Dataset]) -> None:
        """Drop those of the same sizes that other migrations or another seed have made."""
        used = {dataset.name for dataset in datasets}
        for name in self._names() - used:
            if any(name.startswith(dataset.same_size) for dataset in datasets):
                self._drop(name)

    @contextmanager
    def copied(self, dataset: Dataset, number: int) -> Iterator[str]:
        """Yield the URL of a copy, which is dropped afterwards."""
        name = f"{COPY}{number}"
        self._drop(name)
        self._execute("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, dataset.name)
        try:
            yield self.url_of(name)
        finally:
            self._drop(name)

    def _fill(self, dataset: Dataset, name: str) -> None:
        environment = os.environ | {"DEBUG": "on", "DATABASE_URL": self.url_of(name)}
        amounts = [f"--tools={dataset.tools}", f"--votes={dataset.votes}"]
        for arguments in (["migrate", "--verbosity=0"], ["seed_scale", *amounts]):
            _manage(dataset.root, environment, arguments)
        with psycopg.connect(self.url_of(name), autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")

    def _names(self) -> set[str]:
        with psycopg.connect(self.url) as connection:
            return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}

    def _drop(self, name: str) -> None:
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(SQL(statement).format(*map(Identifier, names)))


def _manage(root: Path, environment: dict[str, str], arguments: list[str]) -> None:
    command = [str(PYTHON), "manage.py", *arguments]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["there was no output"])[-1]
        if "seed_scale" in reason:
            reason = f"{reason} That revision is too old to be measured."
        raise Problem(f"manage.py {arguments[0]} failed: {reason}")


def _fingerprint(root: Path) -> str:
    files = sorted(path for pattern in SOURCES for path in root.glob(pattern))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
