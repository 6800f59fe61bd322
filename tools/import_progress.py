"""One import at a time, and how far it is, for all processes of the site.

The transaction of an import cannot show its rows to others before it commits. What everybody sees of it at once is
the name of its session in `pg_stat_activity`, which disappears with the session, even of a killed process.
"""

import re
from dataclasses import dataclass

from django.db import connection

# The transaction gets its id at once, not with its first write: from then on the change log of the API waits for it.
LOCK = "SELECT pg_try_advisory_xact_lock(7311), pg_current_xact_id()"
SAY = "SELECT set_config('application_name', %s, true)"
RUNNING = """
SELECT application_name FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE 'import %' LIMIT 1
"""
NAME = re.compile(r"import (\w+) (\d+)/(\d+)")


@dataclass(frozen=True)
class Progress:
    """How many `rows` of a file are `done`; `what` names the table."""

    what: str
    done: int
    rows: int

    @property
    def words(self) -> str:
        if self.done == self.rows:
            return f"All {self.rows:,} rows are read. They are being saved."
        return f"{self.done:,} of {self.rows:,} rows."


def lock_imports() -> bool:
    """Keep other imports out until the transaction ends. Return False if another one is running."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        return cursor.fetchone()[0]


def say_progress(progress: Progress) -> None:
    """Show `progress` to all sessions until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(SAY, [f"import {progress.what} {progress.done}/{progress.rows}"])


def running_import() -> Progress | None:
    """Return how far the import that is running is."""
    with connection.cursor() as cursor:
        cursor.execute(RUNNING)
        row = cursor.fetchone()
    match = NAME.fullmatch(row[0]) if row else None
    return match and Progress(match[1], int(match[2]), int(match[3]))
