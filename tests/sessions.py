"""Another session of the database, beside that of a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def another_session(statement: str, *values: Any) -> Iterator[Any]:
    """Yield a cursor of another session, in a transaction after `statement`."""
    other = connection.copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute(statement, values or None)
            yield cursor
    finally:
        other.rollback()
        other.close()
