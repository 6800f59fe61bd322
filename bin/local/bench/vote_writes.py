"""What votes leave in Postgres: bytes of its log (WAL) for each kind of vote, and of a stored one with all its indexes."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from statistics import median

import psycopg
from psycopg.rows import scalar_row
from psycopg.sql import SQL, Identifier

from bin.local.bench.cases import vote
from bin.local.bench.http_requests import Browser, Request
from bin.local.bench.measuring import Subject
from bin.local.terminal import Problem

type Connection = psycopg.Connection[float]

VOTES, TOOLS = 200, 100
NETWORKS = 10_000  # more than those from which the other cases vote
POSITION = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float"
# Rows are inserted one after the other in a random order, and each vote is a second newer than the one before: indexes
# grow as votes arrive, and not as they are built from a file.
LIKE = "CREATE TEMPORARY TABLE grown (LIKE {} INCLUDING ALL)"
GROW = {
    "votes_vote": """
        INSERT INTO grown
            (id, reader_id, tool_id, choice, reason_id, state, rule, network, cast_at, changed_at)
        SELECT n, reader_id, tool_id, choice, reason_id, state, rule, network, at, at
        FROM (SELECT *, row_number() OVER (ORDER BY random()) AS n FROM votes_vote) AS vote
        CROSS JOIN LATERAL (SELECT timestamptz '2026-01-01' + n * interval '1 second' AS at) AS time
        ORDER BY n
    """,
    "accounts_reader": "INSERT INTO grown SELECT * FROM accounts_reader ORDER BY random()",
}
SIZES = {
    "table": "SELECT pg_relation_size('grown')::float / count(*) FROM grown",
    "indexes": "SELECT pg_indexes_size('grown')::float / count(*) FROM grown",
}


def log_bytes(subject: Subject) -> dict[str, float]:
    """Return the median of the bytes in Postgres' log for each kind of vote.

    The median leaves out what else was written meanwhile.
    """
    with closing(Browser(subject.web.port)) as browser, _connect(subject.url) as connection:
        return {
            kind: median(_written(connection, browser, request) for request in requests)
            for kind, requests in _kinds(subject)
        }


def row_bytes(url: str) -> dict[str, float]:
    """Return the bytes of a vote and of a reader in their tables, and in all indexes of these."""
    found = {}
    with _connect(url) as connection:
        for table, grow in GROW.items():
            connection.execute(SQL(LIKE).format(Identifier(table)))
            connection.execute(grow)
            for part, size in SIZES.items():
                found[f"{table} {part}"] = _number(connection, size)
            connection.execute("DROP TABLE grown")
    return found


def _connect(url: str) -> Connection:
    return psycopg.connect(url, autocommit=True, row_factory=scalar_row)


def _kinds(subject: Subject) -> Iterator[tuple[str, list[Request]]]:
    """Yield votes without a cookie, and those of readers who have one, on tools that they have not voted on.

    The first ones come twice, from other networks: Postgres logs a page whole when it is changed for the first time
    after a checkpoint, and the second result, which is kept, has few such pages.
    """
    slugs = [page.path.split("/")[2] for page in subject.cases["tool"].cold[-TOOLS:]]
    cookies = [request.headers["Cookie"] for request in subject.cases["vote-hot"].hot[-VOTES:]]
    for network in (NETWORKS, 2 * NETWORKS):
        first = [vote(slugs[n % len(slugs)], network + n, "") for n in range(VOTES)]
        yield "first vote of a reader", first
    cast = [vote(slugs[n % len(slugs)], network + n, cookie) for n, cookie in enumerate(cookies)]
    yield "another vote", cast
    yield "change", [replace(request, form="choice=skip") for request in cast]
    yield "withdrawal", [replace(each, path=f"{each.path}withdraw/", form="") for each in cast]


def _written(connection: Connection, browser: Browser, request: Request) -> float:
    before = _number(connection, POSITION)
    answer = browser.send(request)
    if answer.status != 303:
        raise Problem(f"{request.path} answered {answer.status}, not 303.")
    return _number(connection, POSITION) - before


def _number(connection: Connection, query: str) -> float:
    return connection.execute(query.encode()).fetchone() or 0
