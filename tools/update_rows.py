"""Changes many rows by one statement with an array per column. `bulk_update` writes a CASE with all rows per column."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def update_rows(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Store the fields `names` of saved `rows` of one model. Triggers and constraints hold as for any UPDATE."""
    if not rows or not names:
        return
    options = rows[0]._meta
    fields: list[Field[Any, Any]] = [options.pk, *(options.get_field(name) for name in names)]  # type: ignore[list-item]
    quote = connection.ops.quote_name
    columns = [quote(str(field.column)) for field in fields]
    arrays = ", ".join(f"%s::{_type(field)}[]" for field in fields)
    changes = ", ".join(f"{column} = new.{column}" for column in columns[1:])
    statement = f"""
    UPDATE {quote(options.db_table)} AS stored SET {changes}
    FROM unnest({arrays}) AS new ({", ".join(columns)}) WHERE stored.{columns[0]} = new.{columns[0]}
    """  # noqa: S608 - made of names of our own models
    values = [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows]
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _type(field: "Field[Any, Any]") -> str:
    return str(field.rel_db_type(connection) if field.primary_key else field.db_type(connection))
