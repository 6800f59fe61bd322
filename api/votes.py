"""The public vote log of a tool: how many votes were cast, held … on each day (UTC), and what staff did."""

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query

from api.catalogue import ToolSlug, published_tool
from api.data import PAGING, Data, Page, RowCursor, page
from api.endpoints import endpoint
from votes.audit import AuditDay, audit_days_after
from votes.models import Intervention
from votes.page_validators import TOOL_PAGE
from votes.queries import sides_with_public_reasons

MOST_DAYS = 31

Days = Annotated[int, Query(ge=1, le=MOST_DAYS, description="The most days to return.")]


class VoteCount(Data):
    event: Literal[
        "cast",
        "changed",
        "withdrawn",
        "held",
        "released",
        "voided",
        "reason_added",
        "reason_removed",
    ]
    side: Literal["", "ship", "skip"]
    """Of a change: the new one."""
    state: Literal["", "counted", "held", "voided", "withdrawn"]
    """Before the event: empty for a first vote, withdrawn for one that is cast again."""
    rule: str
    """The public rule that held the votes; empty where none did."""
    reason: str | None
    """The slug; null without one, and where fewer than ten counted votes of the side have one."""
    count: int


class StaffAction(Data):
    """What a member of staff did to votes. The log gives the role, not the name."""

    at: datetime
    role: Literal["publisher"]
    action: Literal["released", "voided"]
    reason: str
    votes: int
    ships_before: int
    skips_before: int
    ships_after: int
    skips_after: int


class VoteDay(Data):
    day: date
    counts: list[VoteCount]
    staff_actions: list[StaffAction]


@endpoint(
    "tools/{any_slug:slug}/votes/",
    name="api_tool_votes",
    answer=Page[VoteDay],
    validator=TOOL_PAGE,
    params=PAGING,
)
def tool_votes(
    request: HttpRequest, slug: ToolSlug, cursor: RowCursor = "0", limit: Days = MOST_DAYS
) -> Page[VoteDay]:
    """The votes on one tool by day, the oldest day first. It names no reader and no network."""
    tool = published_tool(slug, "api_tool_votes")
    days = audit_days_after(tool, _day(cursor), limit + 1)
    shown, following = page(request, days, limit, lambda day: day.day.toordinal())
    public_reasons = sides_with_public_reasons(tool)
    return Page(items=[_day_data(day, public_reasons) for day in shown], next=following)


def _day(cursor: str) -> date:
    """Return the day whose number (1 is the first of year 1) a cursor is."""
    return date.fromordinal(min(max(int(cursor), 1), date.max.toordinal()))


def _day_data(day: AuditDay, public_reasons: Collection[str]) -> VoteDay:
    return VoteDay(
        day=day.day,
        counts=_counts(day, public_reasons),
        staff_actions=[_action_data(action) for action in day.interventions],
    )


def _counts(day: AuditDay, public_reasons: Collection[str]) -> list[VoteCount]:
    """Return the counts of a day in one order; reasons that are not public are counted together."""
    counts: Counter[tuple[str, ...]] = Counter()
    for row in day.rows:
        reason = row.reason.slug if row.reason and row.side in public_reasons else ""
        counts[row.event, row.side, row.state, row.rule, reason] += row.count
    return [
        VoteCount.of(
            event=event, side=side, state=state, rule=rule, reason=reason or None, count=count
        )
        for (event, side, state, rule, reason), count in sorted(counts.items())
    ]


def _action_data(action: Intervention) -> StaffAction:
    return StaffAction.of(
        at=action.at,
        role="publisher",
        action=action.act,
        reason=action.reason,
        votes=action.votes,
        ships_before=action.ships_before,
        skips_before=action.skips_before,
        ships_after=action.ships_after,
        skips_after=action.skips_after,
    )
