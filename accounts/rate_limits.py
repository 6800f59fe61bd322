"""Limits that hold under any load: token buckets and counters, each consumed by one statement.

A limiter that reads first and writes then lets everybody through who reads in between. Here Postgres
decides and writes at once. Several rows are consumed in one order: no deadlocks.

Such a statement, on its own, does not wait for the disk. What is written and waited for after it (a
vote) goes into the same log behind it, so no crash loses the count of a vote and keeps the vote.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from django.db import connection

# For this statement's own transaction; a caller's transaction keeps what it has.
NO_WAIT = """(SELECT set_config('synchronous_commit',
    CASE WHEN %(alone)s THEN 'off' ELSE current_setting('synchronous_commit') END, true)) AS no_wait
"""

CONSUME = """
INSERT INTO accounts_ratelimit AS bucket (name, amount, updated_at)
SELECT name, capacity - 1, clock_timestamp()
FROM unnest(%(names)s::text[], %(capacities)s::float[]) AS wanted (name, capacity), {no_wait}
ORDER BY name
ON CONFLICT (name) DO UPDATE
SET updated_at = greatest(bucket.updated_at, excluded.updated_at),
    amount = least(excluded.amount + 1, bucket.amount + {seconds} * {rate}) - 1
WHERE least(excluded.amount + 1, bucket.amount + {seconds} * {rate}) >= 1
RETURNING name
""".format(
    no_wait=NO_WAIT,
    seconds="greatest(0, extract(epoch FROM excluded.updated_at - bucket.updated_at))",
    rate="(%(rates)s::float[])[array_position(%(names)s::text[], bucket.name::text)]",
)

INCREMENT = """
INSERT INTO accounts_ratelimit AS counter (name, amount, updated_at)
SELECT %({name})s, 1, clock_timestamp() FROM {source}
ON CONFLICT (name) DO UPDATE SET amount = counter.amount + 1, updated_at = excluded.updated_at
RETURNING amount
"""

CONSUME_AND_COUNT = f"""
WITH consumed AS ({CONSUME}),
first AS ({INCREMENT.format(name="first", source="consumed")}),
second AS ({INCREMENT.format(name="second", source="first WHERE amount <= %(most)s")})
SELECT (SELECT amount FROM first), (SELECT amount FROM second)
"""

# Rows in use are left for the next time: a deletion in no fixed order must not wait for anybody.
PURGE = """
DELETE FROM accounts_ratelimit WHERE name IN (
    SELECT name FROM accounts_ratelimit WHERE updated_at < now() - interval '2 days'
    FOR UPDATE SKIP LOCKED
)
"""


@dataclass(frozen=True)
class Bucket:
    """Room for `capacity` at once, filled again at `per_hour`."""

    name: str
    capacity: int
    per_hour: float

    @property
    def retry_after(self) -> int:
        """Seconds after which an empty bucket grants again."""
        return ceil(3600 / self.per_hour)


def consume(buckets: Sequence[Bucket]) -> list[Bucket]:
    """Take one token of each of `buckets`; return those that were empty."""
    granted = {name for (name,) in _run(CONSUME, **_wanted(buckets))}
    return [bucket for bucket in buckets if bucket.name not in granted]


def increment(name: str) -> int:
    """Add one to the named counter and return the new count."""
    ((count,),) = _run(INCREMENT.format(name="name", source=NO_WAIT), name=name)
    return int(count)


def consume_and_count(
    bucket: Bucket, *, first: str, most: int, second: str
) -> tuple[float | None, float | None]:
    """Take a token, count `first` up, and `second` too while `first` is not above `most`.

    Returns both new counts: None for what was not counted, because the bucket was empty or `first` full.
    """
    wanted = _wanted([bucket])
    ((of_first, of_second),) = _run(
        CONSUME_AND_COUNT, **wanted, first=first, most=most, second=second
    )
    return of_first, of_second


def purge_unused() -> int:
    """Delete what nobody used for two days; return how many rows."""
    with connection.cursor() as cursor:
        cursor.execute(PURGE)
        return cursor.rowcount


def _wanted(buckets: Sequence[Bucket]) -> dict[str, list[Any]]:
    return {
        "names": [bucket.name for bucket in buckets],
        "capacities": [bucket.capacity for bucket in buckets],
        "rates": [bucket.per_hour / 3600 for bucket in buckets],
    }


def _run(statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values | {"alone": not connection.in_atomic_block})
        return cursor.fetchall()
