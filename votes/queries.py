from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from tools.models import Tool
from votes.models import Choice, Reason, Vote, VoteDay
from web.replica import read_connection

# {"ship": [(label, count)], "skip": …}
type LeadingReasons = dict[str, list[tuple[str, int]]]

COUNTED_REASONS = """
SELECT tally.tool_id, reason.side, reason.label, sum(tally.count)
FROM votes_reasontally AS tally JOIN votes_reason AS reason ON reason.id = tally.reason_id
WHERE tally.tool_id = ANY(%s) AND tally.count > 0
GROUP BY tally.tool_id, reason.side, reason.label
ORDER BY sum(tally.count) DESC, reason.label
"""


def with_tally[Tools: QuerySet[Tool]](tools: Tools) -> Tools:
    """Select the stored tally in the same query: `tool.tally.ships`."""
    return tools.select_related("tally")


def votes_of(reader_id: UUID | None, tools: Iterable[Tool]) -> dict[int, Vote]:
    """Return {tool.pk: Vote} of one reader, without withdrawn votes; no query without a reader."""
    if reader_id is None:
        return {}
    votes = Vote.objects.filter(reader=reader_id, tool__in=tools).select_related("reason")
    return {vote.tool_id: vote for vote in votes.exclude(state=Vote.State.WITHDRAWN)}


def has_withdrawn(reader_id: UUID | None, tool: Tool, choice: str) -> bool:
    """Whether the reader's vote on `tool` was `choice` and is withdrawn; no query without a reader."""
    withdrawn = Vote.objects.filter(
        reader=reader_id, tool=tool, choice=choice, state=Vote.State.WITHDRAWN
    )
    return reader_id is not None and withdrawn.exists()


def offered_reasons(sides: Iterable[str] = Choice.values) -> dict[str, list[Reason]]:
    """Return {side: [Reason]} for those of "ship" and "skip", in one query."""
    reasons: dict[str, list[Reason]] = {side: [] for side in sides}
    for reason in Reason.objects.filter(is_active=True, side__in=reasons):
        reasons[reason.side].append(reason)
    return reasons


def leading_reasons(
    tools: Iterable[Tool], *, at_least: int = 10, most: int = 2
) -> dict[int, LeadingReasons]:
    """Return the most frequent reasons: {tool.pk: {"ship": [(label, count)], "skip": […]}}, in one query.

    At most `most` per side, and none for a side whose counted votes have fewer than `at_least` reasons.
    """
    found: dict[int, LeadingReasons] = {tool.pk: {"ship": [], "skip": []} for tool in tools}
    with read_connection().cursor() as cursor:
        cursor.execute(COUNTED_REASONS, [list(found)])
        for tool, choice, label, count in cursor:
            found[tool][choice].append((label, count))
    for sides in found.values():
        for choice, reasons in sides.items():
            enough = sum(count for _, count in reasons) >= at_least
            sides[choice] = reasons[:most] if enough else []
    return found


def votes_per_day(tool: Tool, *, days: int = 90) -> list[int]:
    """Return the number of votes cast on `tool` on each of the last `days` days, oldest first."""
    today = timezone.now().date()
    first = today - timedelta(days=days - 1)
    counts = dict(
        VoteDay.objects.filter(tool=tool, event=VoteDay.Event.CAST, day__gte=first).values_list(
            "day", "count"
        )
    )
    return [counts.get(first + timedelta(days=n), 0) for n in range(days)]
