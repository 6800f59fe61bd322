"""Rows written by COPY, with the triggers off that would write derived rows for each of them."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError
from django.core.management.color import no_style
from django.db import ProgrammingError, connection, models, transaction

from tools.copy_rows import copy_values

NOT_ALLOWED = (
    "The role of DATABASE_URL may not turn off triggers. Use a superuser, as the local database does, or run: "
    "GRANT SET ON PARAMETER session_replication_role TO the_role"
)


@contextmanager
def loading() -> Iterator[None]:
    """Write without triggers, foreign key checks and time limits, in one transaction."""
    with transaction.atomic():
        for limit in ["statement_timeout", "idle_in_transaction_session_timeout"]:
            _set(limit, "0")
        try:
            _set("session_replication_role", "replica")
        except ProgrammingError as error:
            raise CommandError(NOT_ALLOWED) from error
        yield
        _set("session_replication_role", "origin")


def copy_some_fields(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows of the fields in `names`; the other fields get their defaults. Faster than objects."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    others = [
        field
        for name, field in fields.items()
        if name not in names and not field.primary_key and not field.generated
    ]
    defaults = [field.get_db_prep_save(field.get_default(), connection) for field in others]
    chosen = [*(fields[name] for name in names), *others]
    copy_values(model, chosen, ([*row, *defaults] for row in rows))


def reset_sequences(*tables: type[models.Model]) -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(tables)):
            cursor.execute(statement)


def _set(name: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
