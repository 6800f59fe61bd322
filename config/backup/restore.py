"""Restoring a dump into a database: whole or not at all, and never over a live site."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.utils.translation import ngettext
from psycopg import sql

from accounts.models import Reader, User
from config.backup import programs
from config.backup.contents import TABLES, Contents, contents, differences
from config.backup.database import Database
from config.backup.errors import BackupError
from newsletter.models import Subscriber
from reviews.models import Reviewer
from tools.models import Category, Tool

# Who has rows in any of them has a site; the other tables refer to them, or are filled by `migrate`.
OF_A_SITE = [Tool, Category, Reviewer, User, Reader, Subscriber]
OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename IS NOT NULL
    AND backend_type IS DISTINCT FROM 'parallel worker'
"""


def major_version(connection: psycopg.Connection[Any]) -> int:
    return connection.info.server_version // 10_000


def read_whole(path: Path, major: int) -> None:
    """Read the dump to its end; raise BackupError if it is no dump, was cut off or has changed."""
    try:
        programs.run(programs.find("pg_restore", major), "--file=/dev/null", path)
    except BackupError as error:
        raise BackupError(f"{path} cannot be read as a backup: {error}") from error


def refuse_live_site(connection: psycopg.Connection[Any]) -> None:
    """Raise BackupError if the database holds a site, or if somebody else is connected to it."""
    name = connection.info.dbname
    for model in OF_A_SITE:
        if _has_rows(connection, model._meta.db_table):
            raise BackupError(
                f"The database {name} holds a site: {model._meta.db_table} has rows. Create an empty database, set "
                "DATABASE_URL to it and restore there."
            )
    if others := _value(connection, OTHERS):
        connections = ngettext("%d other connection", "%d other connections", others) % others
        raise BackupError(
            f"The database {name} has {connections}. Stop the web processes and the worker first."
        )


def load(path: Path, database: Database, major: int) -> None:
    """Restore the dump in one transaction, over tables without rows of a site, and gather statistics."""
    programs.run(
        programs.find("pg_restore", major),
        "--no-password",
        f"--dbname={database.conninfo}",
        "--single-transaction",
        "--exit-on-error",
        "--no-owner",
        "--no-privileges",
        *(["--clean", "--if-exists"] if has_tables(database) else []),
        path,
        database=database,
    )
    with database.connect() as connection:
        connection.execute("ANALYZE")


def has_tables(database: Database) -> bool:
    with database.connect() as connection:
        return bool(connection.execute(TABLES).fetchone())


def differences_from(expected: Contents, database: Database) -> Iterator[str]:
    """Yield a sentence for each table that did not come back as it was."""
    with database.connect() as connection:
        return differences(expected, contents(connection))


def _has_rows(connection: psycopg.Connection[Any], table: str) -> bool:
    if _value(connection, sql.SQL("SELECT to_regclass({})").format(table)) is None:
        return False
    rows = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table))
    return bool(_value(connection, rows))


def _value(connection: psycopg.Connection[Any], query: str | sql.Composed) -> Any:
    row = connection.execute(query).fetchone()
    return row and row[0]
