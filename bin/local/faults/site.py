"""The site as it is deployed: gunicorn, worker and Postgres as real processes in production settings."""

import os
import secrets
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from bin.local.bench.processes import NO_RULES, wait_for_answer
from bin.local.faults.disks import small_disk
from bin.local.faults.mail import Mail
from bin.local.faults.supervisor import Supervised
from bin.local.installation import PYTHON
from bin.local.places import ROOT
from bin.local.port import HOST, free_port
from bin.local.postgres_server import LocalServer
from bin.local.terminal import Problem, step

SUBSCRIBERS = 20_000  # more than one run sends to
ISSUE_RATE = 5  # copies a second
DATA_MEGABYTES, LOG_MEGABYTES = 700, 2
RESTART_PAUSE = {"web": 2.0, "worker": 5.0}  # RestartSec of the units
# A database that outgrows no small disk.
SMALL_LOG = ["min_wal_size = '32MB'", "max_wal_size = '64MB'"]
STORED_VOTES = """
SELECT replace(reader_id::text, '-', ''), slug, choice
FROM votes_vote JOIN tools_tool ON tools_tool.id = tool_id WHERE state <> 'withdrawn'
"""
# No sign-up waits for its turn.
NO_LIMITS = {
    f"{name}_{unit}": str(10**9)
    for name in [
        "NEWSLETTER_FIRST_REQUESTS",
        "NEWSLETTER_LIMIT_SITE",
        "NEWSLETTER_LIMIT_DOMAIN",
        "NEWSLETTER_LIMIT_NETWORK",
        "READ_LIMIT_NETWORK",
        "VOTE_LIMIT_READER",
        "VOTE_LIMIT_NETWORK",
        "VOTE_PACE",
    ]
    for unit in ["AT_ONCE", "PER_HOUR"]
}


@dataclass
class Site:
    """`has_small_disks`: whether data and logs are on disks of their own, so that these can be filled."""

    folder: Path
    port: int
    database: LocalServer
    mail: Mail
    web: Supervised
    worker: Supervised
    has_small_disks: bool

    @property
    def data_disk(self) -> Path:
        return self.folder / "data"

    @property
    def log_disk(self) -> Path:
        return self.folder / "logs"

    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.database.url, autocommit=True, application_name="observer")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.connect() as connection:
            return connection.execute(query.encode()).fetchall()

    def stored_votes(self) -> Mapping[tuple[str, str], str]:
        return {(reader, slug): choice for reader, slug, choice in self.rows(STORED_VOTES)}

    def slugs(self) -> list[str]:
        return [slug for (slug,) in self.rows("SELECT slug FROM tools_tool ORDER BY slug")]


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    with ExitStack() as running:
        data, logs = folder / "data", folder / "logs"
        has_small_disks = all(
            [
                running.enter_context(small_disk(data, DATA_MEGABYTES)),
                running.enter_context(small_disk(logs, LOG_MEGABYTES)),
            ]
        )
        database = running.enter_context(_database(data / "postgres"))
        mail = Mail()
        running.callback(mail.stop)
        port = free_port()
        environment = _environment(folder, database.url, port, mail.port)
        with step("Making the database, its subscribers and an issue that is being sent"):
            _prepare(environment)
        web = Supervised(_web(port), environment, logs / "web.log", RESTART_PAUSE["web"])
        worker = Supervised(
            [str(PYTHON), "manage.py", "procrastinate", "worker"],
            environment,
            logs / "worker.log",
            RESTART_PAUSE["worker"],
        )
        for each in [web, worker]:
            each.start()
            running.callback(each.stop)
        wait_for_answer(port, web.process, web.log)
        yield Site(folder, port, database, mail, web, worker, has_small_disks)


@contextmanager
def _database(data_dir: Path) -> Iterator[LocalServer]:
    server = LocalServer(data_dir)
    server.join()
    try:
        with psycopg.connect(server.url, autocommit=True) as connection:
            for setting in SMALL_LOG:
                connection.execute(f"ALTER SYSTEM SET {setting}".encode())
            connection.execute("SELECT pg_reload_conf()")
        yield server
    finally:
        with suppress(Problem):
            server.start()  # a fault may have been interrupted
        server.leave("immediate")


def _web(port: int) -> list[str]:
    flags = ["--config", "deploy/gunicorn.conf.py", "--bind", f"{HOST}:{port}"]
    return [str(PYTHON), "-m", "gunicorn", *flags, "config.wsgi"]


def _environment(folder: Path, url: str, port: int, mail_port: int) -> dict[str, str]:
    own = {
        "DEBUG": "off",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DATABASE_URL": url,
        "ALLOWED_HOSTS": HOST,
        "SITE_URL": f"http://{HOST}:{port}",
        "MAIL_URL": f"smtp+plain://{HOST}:{mail_port}",
        "MAIL_TIMEOUT": "5",
        "MAIL_ACCEPT_TIMEOUT": "10",
        "NEWSLETTER_RATE": str(ISSUE_RATE),
        "NEWSLETTER_FROM": "news@example.org",
        "NEWSLETTER_POSTAL_ADDRESS": "1 Road, Town",
        "TRUSTED_PROXY_HOPS": "1",
        "STATIC_ROOT": str(folder / "static"),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(ROOT),
    }
    return {**os.environ, **NO_RULES, **NO_LIMITS, **own}


def _prepare(environment: Mapping[str, str]) -> None:
    for arguments in [
        ["manage.py", "migrate", "--verbosity=0"],
        ["manage.py", "collectstatic", "--no-input", "--verbosity=0"],
        ["-m", "tests.newsletter.senders", "prepare", str(SUBSCRIBERS)],
    ]:
        done = subprocess.run(
            [str(PYTHON), *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["there was no output"])[-1]
            raise Problem(f"{' '.join(arguments[:2])} failed: {reason}")
