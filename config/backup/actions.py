"""Making a backup, and recording whether it can be relied on."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import DatabaseError

from config.backup import programs
from config.backup.contents import Contents, contents
from config.backup.database import Database
from config.backup.errors import BackupError
from config.backup.files import Backup, backups_in, delete_unfinished, written_whole
from config.backup.models import LastBackup
from config.backup.restore import major_version
from config.backup.rotation import kept
from config.backup.verification import verify

logger = logging.getLogger(__name__)
ONE_AT_A_TIME = "SELECT pg_try_advisory_lock(hashtext('config.backup'))"


@dataclass(frozen=True)
class Snapshot:
    """One state of the database, for pg_dump as well as for `contents`; `name` is what Postgres calls it."""

    name: str
    taken_at: datetime


def back_up(folder: Path) -> LastBackup:
    """Write a backup into the folder, prove that it can be restored, and record it.

    Raise BackupError, and record it, if there is no backup, or one that was not verified.
    """
    try:
        verified = _back_up(folder)
    except (BackupError, OSError, psycopg.Error) as error:
        problem = " ".join(str(error).split()) or type(error).__name__
        with suppress(DatabaseError):  # which may be the problem
            LastBackup.objects.update_or_create(pk=1, defaults={"problem": problem[:500]})
        raise BackupError(problem) from error
    LastBackup.objects.update_or_create(pk=1, defaults=verified)
    return LastBackup.objects.get(pk=1)


def delete_old_backups(folder: Path) -> None:
    """Delete what BACKUP_KEEP_DAYS and BACKUP_KEEP_WEEKS do not keep."""
    backups = backups_in(folder)
    keep = kept(
        (backup.taken_at for backup in backups),
        days=settings.BACKUP_KEEP_DAYS,
        weeks=settings.BACKUP_KEEP_WEEKS,
    )
    for backup in backups:
        if backup.taken_at not in keep:
            backup.delete()


def _back_up(folder: Path) -> dict[str, Any]:
    """Return the fields of LastBackup."""
    database = Database.of_the_site()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with database.connect() as connection:
        _refuse_second(connection)
        delete_unfinished(folder)
        with _snapshot(connection) as snapshot:
            backup = Backup.at(folder, snapshot.taken_at, settings.RELEASE)
            held = contents(connection)
            _write(backup, held, snapshot, database, major_version(connection))
        proof = verify(backup, held, database, connection)
    logger.info("Backup %s: %s bytes, %s", backup.path, backup.bytes, proof.label)
    return {
        "taken_at": snapshot.taken_at,
        "file": str(backup.path),
        "bytes": backup.bytes,
        "proof": proof,
        "problem": "",
    }


def _refuse_second(connection: psycopg.Connection[Any]) -> None:
    row = connection.execute(ONE_AT_A_TIME).fetchone()
    if not row or not row[0]:
        raise BackupError("Another backup of this database is being made.")


@contextmanager
def _snapshot(connection: psycopg.Connection[Any]) -> Iterator[Snapshot]:
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        row = connection.execute("SELECT pg_export_snapshot(), now()").fetchone()
        assert row is not None  # noqa: S101 - a SELECT without FROM has one row
        yield Snapshot(*row)
    finally:
        connection.execute("ROLLBACK")


def _write(
    backup: Backup, held: Contents, snapshot: Snapshot, database: Database, major: int
) -> None:
    """Write the contents first: a dump that has its name has them beside it."""
    program = programs.find("pg_dump", major)
    with written_whole(backup.path) as dump, written_whole(backup.contents_path) as described:
        programs.run(
            program,
            "--no-password",
            f"--dbname={database.conninfo}",
            "--format=custom",
            f"--snapshot={snapshot.name}",
            f"--file={dump}",
            database=database,
        )
        described.write_text(json.dumps({"postgres": major, "tables": held}, indent=1) + "\n")
