"""Limits that hold under any load: token buckets, consumed by one statement.

A limiter that reads first and writes then lets everybody through who reads in between. Here Postgres
decides and writes at once (`accounts/migrations/0002_rules.py`). Several rows are consumed in one order: no
deadlocks.

Such a statement, on its own, does not wait for the disk. What is waited for after it, or in its transaction
(a vote), is not before it in the write-ahead log, so no crash loses the count of a vote and keeps the vote.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from django.db import connection
from django.utils.translation import ngettext

from accounts.networks import Network

# For this statement's own transaction; a caller's transaction keeps what it has.
NO_WAIT = """set_config('synchronous_commit',
    CASE WHEN %(alone)s THEN 'off' ELSE current_setting('synchronous_commit') END, true)
"""

CONSUME = f"""
SELECT accounts_consume(%(names)s::text[], %(capacities)s::float[], %(rates)s::float[]), {NO_WAIT}
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


class TooManyRequests(Exception):
    """A limit was exceeded, and nothing was changed. `things` names what was sent: "votes"."""

    def __init__(self, retry_after: int, things: str) -> None:
        self.retry_after = retry_after  # seconds
        sentence = ngettext(
            "Too many %(things)s. Try again in %(wait)d second.",
            "Too many %(things)s. Try again in %(wait)d seconds.",
            retry_after,
        )
        super().__init__(sentence % {"things": things, "wait": retry_after})


def network_buckets(
    purpose: str, networks: Iterable[Network], capacity: int, per_hour: float
) -> list[Bucket]:
    """Return a bucket for each of `networks`, a wide one with a larger budget."""
    return [
        Bucket(
            f"{purpose}:network:{network.hash.hex()}",
            capacity * network.share,
            per_hour * network.share,
        )
        for network in networks
    ]


def consume(buckets: Sequence[Bucket]) -> list[Bucket]:
    """Take one token of each of `buckets`; return those that were empty."""
    values: dict[str, Any] = {
        "names": [bucket.name for bucket in buckets],
        "capacities": [bucket.capacity for bucket in buckets],
        "rates": [bucket.per_hour / 3600 for bucket in buckets],
        "alone": not connection.in_atomic_block,
    }
    with connection.cursor() as cursor:
        cursor.execute(CONSUME, values)
        ((exceeded, _),) = cursor.fetchall()
    return [bucket for bucket in buckets if bucket.name in exceeded]


def purge_unused() -> int:
    """Delete what nobody used for two days; return how many rows."""
    with connection.cursor() as cursor:
        cursor.execute(PURGE)
        return cursor.rowcount
