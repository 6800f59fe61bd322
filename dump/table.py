"""A table of the dump: which rows it has, and a JSON Schema of them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

type Row = dict[str, Any]
type Schema = dict[str, Any]

# Rows that are in memory at once.
CHUNK = 2000
DRAFT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True)
class Table:
    name: str
    what: str
    columns: dict[str, Schema]
    # Yields the rows that are public at a moment, always in the same order.
    rows: Callable[[datetime], Iterator[Row]]

    @property
    def schema(self) -> Schema:
        properties = self.columns | {"sha256": HASH}
        return {
            "$schema": DRAFT,
            "title": self.name,
            "description": self.what,
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }


def described(schema: Schema, description: str) -> Schema:
    return schema | {"description": description}


def optional(schema: Schema) -> Schema:
    return schema | {"type": [schema["type"], "null"]}


def code(*codes: str) -> Schema:
    return {"type": "string", "enum": list(codes)}


def list_of(items: Schema) -> Schema:
    return {"type": "array", "items": items}


TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
YES_OR_NO: Schema = {"type": "boolean"}
DAY: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
HASH: Schema = {
    "type": "string",
    "pattern": "^[0-9a-f]{64}$",
    "description": "SHA-256 of the canonical JSON (RFC 8785) of the row without this value.",
}
ANY: Schema = {}


def selected(sql: str) -> Callable[[datetime], Iterator[Row]]:
    """Return a function that yields the rows of a SELECT, read in chunks; `%(now)s` is the moment.

    Its columns are those of the table. Times are to be made by `utc`.
    """

    def rows(now: datetime) -> Iterator[Row]:
        with connection.chunked_cursor() as cursor:
            cursor.execute(
                f"SELECT row_to_json(public)::text FROM ({sql}) AS public",  # noqa: S608 - of our own
                {"now": now},
            )
            while chunk := cursor.fetchmany(CHUNK):
                for (text,) in chunk:
                    yield json.loads(text)

    return rows


def utc(column: str) -> str:
    """Return SQL for a time as RFC 3339 text with microseconds."""
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def sorted_list(values: str, order: str, source: str) -> str:
    """Return SQL for a list of `values`, which is empty rather than NULL."""
    return f"(SELECT coalesce(json_agg({values} ORDER BY {order}), '[]') FROM {source})"  # noqa: S608 - made of constants of our own
