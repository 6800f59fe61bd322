from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db.models import QuerySet, Sum
from django.utils import timezone

from tools.models import Tool
from votes.box import OfferedReason
from votes.models import Choice, ReasonTally, Vote, VoteDay
from web.replica import read_connection

REASONS_SHOWN_FROM = 10  # counted votes of a side that have one

# {"ship": [(label, count)], "skip": …}
type LeadingReasons = dict[str, list[tuple[str, int]]]

COUNTED_REASONS = """
SELECT tally.tool_id, reason.side, reason.label, sum(tally.count)
FROM votes_reasontally AS tally JOIN votes_reason AS reason ON reason.id = tally.reason_id
WHERE tally.tool_id = ANY(%s) AND tally.count > 0
GROUP BY tally.tool_id, reason.side, reason.label
ORDER BY sum(tally.count) DESC, reason.label
"""

OFFERED_REASONS = """
SELECT side, slug, label FROM votes_reason WHERE is_active ORDER BY side, position, label
"""

CAST_BY_DAY = """
SELECT day, sum(count) FROM votes_voteday WHERE tool_id = %s AND event = %s AND day BETWEEN %s AND %s GROUP BY day
"""


def with_tally[Tools: QuerySet[Tool]](tools: Tools) -> Tools:
    """Select the stored tally in the same query: `tool.tally.ships`."""
    return tools.select_related("tally")


def vote_of(reader_id: UUID | None, tool: Tool) -> Vote | None:
    """Return the vote of one reader with its reason, unless it is withdrawn; no query without a reader."""
    if reader_id is None:
        return None
    votes = Vote.objects.filter(reader=reader_id, tool=tool).select_related("reason")
    return votes.exclude(state=Vote.State.WITHDRAWN).first()


def has_withdrawn(reader_id: UUID | None, tool: Tool, choice: str) -> bool:
    """Whether the reader's vote on `tool` was `choice` and is withdrawn; no query without a reader."""
    withdrawn = Vote.objects.filter(
        reader=reader_id, tool=tool, choice=choice, state=Vote.State.WITHDRAWN
    )
    return reader_id is not None and withdrawn.exists()


def all_offered_reasons() -> dict[str, tuple[OfferedReason, ...]]:
    """Return {side: reasons}, in one query."""
    found: dict[str, list[OfferedReason]] = {side: [] for side in Choice.values}
    with read_connection().cursor() as cursor:
        cursor.execute(OFFERED_REASONS)
        for side, slug, label in cursor:
            found[side].append(OfferedReason(slug, label))
    return {side: tuple(reasons) for side, reasons in found.items()}


def offered_reasons(side: str) -> tuple[OfferedReason, ...]:
    return all_offered_reasons()[side]


def sides_with_public_reasons(tool: Tool) -> set[str]:
    """Return the sides of `tool` on which enough counted votes have a reason to say which; one query."""
    sides = ReasonTally.objects.filter(tool=tool).values_list("reason__side")
    counted = sides.annotate(votes=Sum("count")).filter(votes__gte=REASONS_SHOWN_FROM)
    return {side for side, _ in counted}


def leading_reasons(
    tools: Iterable[Tool], *, at_least: int = REASONS_SHOWN_FROM, most: int = 2
) -> dict[int, LeadingReasons]:
    """Return the most frequent reasons: {tool.pk: {"ship": [(label, count)], "skip": […]}}, in one query.

    At most `most` per side, and none for a side whose counted votes have fewer than `at_least` reasons.
    """
    found = no_reasons(tools)
    with read_connection().cursor() as cursor:
        cursor.execute(COUNTED_REASONS, [list(found)])
        return leading(found, cursor, at_least=at_least, most=most)


def no_reasons(tools: Iterable[Tool]) -> dict[int, LeadingReasons]:
    return {tool.pk: {"ship": [], "skip": []} for tool in tools}


def leading(
    found: dict[int, LeadingReasons],
    rows: Iterable[tuple[int, str, str, int]],
    *,
    at_least: int = REASONS_SHOWN_FROM,
    most: int = 2,
) -> dict[int, LeadingReasons]:
    """Add to `found` the reasons that lead, of `rows` of (tool.pk, side, label, count), the most frequent first."""
    for tool, choice, label, count in rows:
        found[tool][choice].append((label, count))
    for sides in found.values():
        for choice, reasons in sides.items():
            enough = sum(count for _, count in reasons) >= at_least
            sides[choice] = reasons[:most] if enough else []
    return found


def votes_per_day(tool: Tool, *, days: int = 90, last: date | None = None) -> list[int]:
    """Return the number of votes cast on `tool` on each of `days` days up to `last` (today), oldest first."""
    last = last or timezone.now().date()
    first = last - timedelta(days=days - 1)
    with read_connection().cursor() as cursor:
        cursor.execute(CAST_BY_DAY, [tool.pk, str(VoteDay.Event.CAST), first, last])
        counts = dict(cursor.fetchall())
    return [counts.get(first + timedelta(days=n), 0) for n in range(days)]
