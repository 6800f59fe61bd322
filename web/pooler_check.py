"""A system check of the database, run by `manage.py check --database default` and by `migrate`."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning
from django.db import DatabaseError, connections

UNLIMITED = "SELECT current_setting('statement_timeout') = '0'"


def limits_behind_a_pooler(
    *, databases: Sequence[str] | None = None, **options: Any
) -> list[CheckMessage]:
    """A pooler does not pass on the limits that a connection asks for: they must be the role's own."""
    if not settings.DATABASE_POOLER:
        return []
    return [
        Warning(
            f"Statements of the database {alias!r} run without a limit in time.",
            hint="Run manage.py limit_role, then RECONNECT the pooler.",
            id="web.W010",
        )
        for alias in databases or []
        if _is_unlimited(alias)
    ]


def _is_unlimited(alias: str) -> bool:
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute(UNLIMITED)
            return bool(cursor.fetchone()[0])
    except DatabaseError:
        return False  # unreachable: not what is asked here
