"""The proof that a backup can be restored: it is, into a scratch database on the same server."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql

from config.backup.contents import Contents
from config.backup.database import Database
from config.backup.errors import BackupError
from config.backup.files import Backup
from config.backup.models import LastBackup
from config.backup.restore import differences_from, load, major_version, read_whole

MAY_CREATE = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
SCRATCH, LONGEST_NAME = "_backup_check", 63


def verify(
    backup: Backup, expected: Contents, database: Database, connection: psycopg.Connection[Any]
) -> LastBackup.Proof:
    """Restore the backup into a scratch database and compare it; only read it where the role may not create one.

    Raise BackupError if it is not what was backed up.
    """
    major = major_version(connection)
    if not _may_create_databases(connection):
        read_whole(backup.path, major)
        return LastBackup.Proof.READ
    with _scratch_database(database, connection) as scratch:
        load(backup.path, scratch, major)
        for difference in differences_from(expected, scratch):
            raise BackupError(f"Restored into {scratch.name}: {difference}")
        _check_figures(scratch)
    return LastBackup.Proof.RESTORED


def _may_create_databases(connection: psycopg.Connection[Any]) -> bool:
    row = connection.execute(MAY_CREATE).fetchone()
    return bool(row and row[0])


@contextmanager
def _scratch_database(
    database: Database, connection: psycopg.Connection[Any]
) -> Iterator[Database]:
    """Yield an empty database, which is dropped afterwards; one that a killed process left is dropped before."""
    scratch = database.named(database.name[: LONGEST_NAME - len(SCRATCH)] + SCRATCH)
    name = sql.Identifier(scratch.name)
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name)
    connection.execute(drop)
    connection.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(name)
    )
    try:
        yield scratch
    finally:
        connection.execute(drop)


def _check_figures(scratch: Database) -> None:
    """Run `recount --check` there, in a process of its own: its queries are those of the site's database."""
    settings_there = {
        "DATABASE_URL": scratch.url,
        "DATABASE_REPLICA_URL": "",
        "DATABASE_POOLER": "",
        "STATEMENT_TIMEOUT": "0",
    }
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, settings.BASE_DIR / "manage.py", "recount", "--check"],
        env=os.environ | scratch.environment | settings_there,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode:
        error = done.stderr.strip().splitlines()[-1:]
        raise BackupError(
            " ".join(["Restored, but manage.py recount --check failed there.", *error])
        )
