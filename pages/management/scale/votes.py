"""Votes: few tools get most of them (Zipf's law), each reader votes on several tools, some votes are held."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from itertools import accumulate
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection

from votes.models import Choice, Reason, Rule, Vote

VOTES_OF_A_READER = 4
WITH_REASON, HELD, WITHDRAWN = 0.3, 0.02, 0.01  # shares of all votes
HOLDING_RULES = [Rule.NEWCOMERS, Rule.PACE, Rule.NETWORK_CAP, Rule.BURST]
DAYS = 300
READER_FIELDS = ["id", "created_at", "network"]
VOTE_FIELDS = [
    "reader_id", "tool_id", "choice", "reason_id", "state", "rule", "network", "cast_at", "changed_at",
]  # fmt: skip

# What the triggers on votes would have written, had each vote been cast on its day.
VOTE_LOG = """
INSERT INTO votes_voteday (tool_id, day, event, side, state, rule, reason_id, count)
SELECT tool_id, (at AT TIME ZONE 'UTC')::date AS day, event, choice, happened.state, happened.rule, reason_id, count(*)
FROM votes_vote AS vote CROSS JOIN LATERAL (VALUES
    ('cast', '', '', vote.cast_at, true),
    ('held', 'counted', vote.rule, vote.cast_at, vote.state = 'held'),
    ('withdrawn', 'counted', '', vote.changed_at, vote.state = 'withdrawn')
) AS happened (event, state, rule, at, is_so)
WHERE is_so GROUP BY tool_id, day, event, choice, happened.state, happened.rule, reason_id
"""


class Votes:
    """Makes the rows of `votes` votes on the tools of `tool_ids`; the same seed gives the same votes."""

    def __init__(
        self,
        *,
        tool_ids: Sequence[int],
        votes: int,
        reasons: Iterable[Reason],
        random: Random,
        now: datetime,
    ) -> None:
        self._random, self._now = random, now
        self._reasons: dict[str, list[int]] = {choice: [] for choice in Choice.values}
        for reason in reasons:
            self._reasons[reason.side].append(reason.pk)
        self._tool_ids = random.sample(tool_ids, k=len(tool_ids))
        self._counts = zipf(votes, len(tool_ids))
        # A reader has one vote per tool.
        self.readers = max(votes // VOTES_OF_A_READER, *self._counts, 0)

    def reader_rows(self) -> Iterator[Sequence[Any]]:
        first = self._now - timedelta(days=DAYS)
        for n in range(self.readers):
            yield reader_id(n), first, network(n)

    def vote_rows(self) -> Iterator[Sequence[Any]]:
        """Yield them by tool, whose readers are consecutive and so different."""
        number = 0
        for tool_id, count in zip(self._tool_ids, self._counts, strict=True):
            liking = self._random.betavariate(4, 2)
            for _ in range(count):
                yield self._vote_row(tool_id, number % self.readers, liking)
                number += 1

    def _vote_row(self, tool_id: int, reader: int, liking: float) -> Sequence[Any]:
        random = self._random.random
        choice = "ship" if random() < liking else "skip"
        state, rule = self._state(random())
        reasons = self._reasons[choice]
        has_reason = reasons and state != Vote.State.WITHDRAWN and random() < WITH_REASON
        reason = reasons[int(random() * len(reasons))] if has_reason else None
        at = self._now - timedelta(seconds=int(random() * DAYS * 86_400))
        return reader_id(reader), tool_id, choice, reason, state, rule, network(reader), at, at

    def _state(self, share: float) -> tuple[str, str]:
        if share < HELD:
            return "held", self._random.choice(HOLDING_RULES).value
        return ("withdrawn" if share < HELD + WITHDRAWN else "counted"), ""


def write_vote_log() -> None:
    with connection.cursor() as cursor:
        cursor.execute(VOTE_LOG)


def zipf(total: int, parts: int) -> list[int]:
    """Return `parts` counts with the sum `total`, the n-th in proportion to 1/n."""
    if not parts:
        return []
    sums = list(accumulate(1 / n for n in range(1, parts + 1)))
    ends = [round(total * part / sums[-1]) for part in sums]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def reader_id(n: int) -> UUID:
    return UUID(bytes=blake2b(b"reader %d" % n, digest_size=16).digest(), version=4)


@lru_cache(maxsize=4096)
def network(n: int) -> bytes:
    """Return what a hash of a network looks like; about three readers share one."""
    return blake2b(b"network %d" % (n // 3), digest_size=16).digest()
