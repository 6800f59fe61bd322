"""What the tables of a database hold, in a form that two databases can be compared by."""

from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
from psycopg import sql

# By name, the number of rows and a checksum of all of them.
type Contents = Mapping[str, tuple[int, str]]

TABLES = """
SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind = 'r' AND nspname <> 'information_schema' AND nspname !~ '^pg_' ORDER BY 1, 2
"""
# The sum of 64 bits of SHA-256 of each row as text: the same in every order of the rows, on every version of Postgres,
# and without sorting ten million of them.
CHECKSUM = """
SELECT count(*), coalesce(sum(
    ('x' || encode(substr(sha256(convert_to((whole_row.*)::text, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint
), 0)::text
FROM {} AS whole_row
"""


def contents(connection: psycopg.Connection[Any]) -> dict[str, tuple[int, str]]:
    """Return what every table holds, in the snapshot of the connection's transaction."""
    return {
        f"{schema}.{table}": _checksum(connection, sql.Identifier(schema, table))
        for schema, table in connection.execute(TABLES).fetchall()
    }


def differences(expected: Contents, found: Contents) -> Iterator[str]:
    """Yield a sentence for each table that is missing, or that does not hold the same rows."""
    for table, (rows, checksum) in expected.items():
        if table not in found:
            yield f"{table} is missing."
        elif found[table] != (rows, checksum):
            yield (
                f"{table} does not hold the rows of the backup: {found[table][0]} rows instead of {rows}, "
                "or other ones."
            )


def _checksum(connection: psycopg.Connection[Any], table: sql.Identifier) -> tuple[int, str]:
    row = connection.execute(sql.SQL(CHECKSUM).format(table)).fetchone()
    assert row is not None  # noqa: S101 - an aggregate has one row
    return row[0], row[1]
