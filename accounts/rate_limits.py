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
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection
from django.utils.translation import ngettext

from accounts.models import RateLimit
from accounts.networks import Network

# For this statement's own transaction; a caller's transaction keeps what it has.
NO_WAIT = """set_config('synchronous_commit',
    CASE WHEN %(alone)s THEN 'off' ELSE current_setting('synchronous_commit') END, true)
"""

CONSUME = f"""
SELECT accounts_consume(
    %(names)s::text[], %(capacities)s::float[], %(rates)s::float[], %(costs)s::float[]
), {NO_WAIT}
"""
BORROW = f"""
SELECT accounts_borrow(
    %(names)s::text[], %(capacities)s::float[], %(rates)s::float[], %(most_seconds)s
), {NO_WAIT}
"""

# The buckets of a reader, by the start of their names.
OF_READER = ("votes:reader:", "pace:", "writes:reader:")


@dataclass(frozen=True)
class Bucket:
    """Room for `capacity` at once, filled again at `per_hour`, of which `cost` is taken."""

    name: str
    capacity: float
    per_hour: float
    cost: float = 1

    @property
    def retry_after(self) -> int:
        """Seconds after which an empty bucket grants again."""
        return ceil(3600 * self.cost / self.per_hour)


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


def refuse_beyond(exceeded: Sequence[Bucket], things: str) -> None:
    """Raise TooManyRequests when there are `exceeded` limits; `things` names what was sent: "votes"."""
    if exceeded:
        raise TooManyRequests(max(bucket.retry_after for bucket in exceeded), things)


def network_buckets(
    purpose: str, networks: Iterable[Network], capacity: float, per_hour: float, cost: float = 1
) -> list[Bucket]:
    """Return a bucket for each of `networks`, a wide one with a larger budget."""
    return [
        Bucket(
            f"{purpose}:network:{network.hash.hex()}",
            capacity * network.share,
            per_hour * network.share,
            cost,
        )
        for network in networks
    ]


def consume(buckets: Sequence[Bucket]) -> list[Bucket]:
    """Take the cost of each of `buckets`; return those that held less. No cost exceeds its capacity."""
    exceeded = _call(CONSUME, buckets, costs=[bucket.cost for bucket in buckets])
    return [bucket for bucket in buckets if bucket.name in exceeded]


def tokens_left(buckets: Sequence[Bucket]) -> int:
    """Return how many tokens the emptiest of `buckets` holds, just after all were consumed."""
    rows = RateLimit.objects.using(DEFAULT_DB_ALIAS).filter(
        name__in=[item.name for item in buckets]
    )
    return int(min(rows.values_list("amount", flat=True), default=0))


def borrow(buckets: Sequence[Bucket], *, most_seconds: float) -> float | None:
    """Take one token of each of `buckets`, also one that is yet to come; return in how many seconds all are there.

    None if that takes longer than `most_seconds`.
    """
    seconds: float | None = _call(BORROW, buckets, most_seconds=most_seconds)
    return seconds


def purge_limits_of(reader_id: UUID) -> None:
    """Delete the limits of one reader."""
    RateLimit.objects.filter(name__in=[start + reader_id.hex for start in OF_READER]).delete()


def _call(statement: str, buckets: Sequence[Bucket], **values: Any) -> Any:
    values |= {
        "names": [bucket.name for bucket in buckets],
        "capacities": [bucket.capacity for bucket in buckets],
        "rates": [bucket.per_hour / 3600 for bucket in buckets],
        "alone": not connection.in_atomic_block,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        ((result, _),) = cursor.fetchall()
    return result
