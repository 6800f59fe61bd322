"""The panel at a moment of the past, computed from the reviews and the change log."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from django.db.models import (
    Avg,
    Count,
    DecimalField,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Round

from reviews.models import Review, Reviewer, ReviewQuerySet, Verdict
from reviews.queries import text_corrections
from tools.ledger_state import PUBLICATIONS, Kind
from tools.models import LedgerEntry, Tool, ToolQuerySet
from tools.past_day import PastDay
from web.joined_rows import JoinedRows

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


# The newest revision of each reviewer first. A confirmation that was imported counts from its own date on, any other
# from when it was made; the text is that before the first later correction.
REVISIONS = JoinedRows(
    """
    SELECT {review}, {reviewer}, (
        SELECT max(look."on") FROM reviews_reaffirmation AS look WHERE look.review_id = review.id
            AND CASE WHEN look.by_id IS NULL THEN look."on" <= %(day)s ELSE look.made_at <= %(until)s END
    ), (
        SELECT json_agg(json_build_array(at, old_body, new_body) ORDER BY at DESC)::text
        FROM reviews_reviewcorrection WHERE review_id = review.id AND at <= %(until)s
    ), (
        SELECT old_body FROM reviews_reviewcorrection
        WHERE review_id = review.id AND at > %(until)s ORDER BY at LIMIT 1
    )
    FROM reviews_review AS review
    JOIN reviews_reviewer AS reviewer ON reviewer.id = review.reviewer_id
    WHERE review.tool_id = ANY (%(tools)s) AND review.published_at <= %(until)s
    ORDER BY reviewer.position, reviewer.name, review.revision DESC
    """,
    review=Review,
    reviewer=Reviewer,
)


class PanelThen(TypedDict):
    then_reviews: int
    then_ships: int
    then_score: Decimal | None


type ToolWithPanelThen = WithAnnotations[Tool, PanelThen]


@dataclass(frozen=True)
class Revision:
    """A published review as it was, and when it was last confirmed until then."""

    reviewer: Reviewer
    review: Review
    confirmed_on: date | None


def revisions_then(tools: Iterable[Tool], day: PastDay) -> dict[int, list[Revision]]:
    """Return the reviews of each tool at the end of a day, by tool.pk: in panel order, newest first; one query.

    Their texts, corrections and confirmations are those of then. So is `is_current`; `last_looked_on` is when a review
    was written or last confirmed.
    """
    found: dict[int, list[Revision]] = {tool.pk: [] for tool in tools}
    params = {"tools": list(found), "day": day.day, "until": day.until}
    for review, reviewer, confirmed_on, corrections, body in REVISIONS.read(params):
        of_tool = found[review.tool_id]
        review.reviewer, review.corrected = reviewer, text_corrections(corrections)
        review.body = body or review.body
        review.is_current = not of_tool or of_tool[-1].reviewer != reviewer
        review.last_looked_on = max(review.reviewed_on, confirmed_on or review.reviewed_on)
        of_tool.append(Revision(reviewer, review, confirmed_on))
    return found


def standing_at(moment: datetime) -> ReviewQuerySet:
    """Return the reviews that were current just before `moment`: the latest of each reviewer and tool."""
    published = Review.objects.filter(published_at__lt=moment)
    newer = published.filter(
        tool=OuterRef("tool"), reviewer=OuterRef("reviewer"), revision__gt=OuterRef("revision")
    )
    return published.filter(~Exists(newer))


def scorecards_at(tool_ids: set[int], moment: datetime) -> dict[int, list[Review]]:
    """Return the reviews of each tool at `moment`, in panel order; one query."""
    cards: dict[int, list[Review]] = {tool_id: [] for tool_id in tool_ids}
    for review in standing_at(moment).filter(tool__in=tool_ids).in_panel_order():
        cards[review.tool_id].append(review)
    return cards


def public_at(moment: datetime) -> ToolQuerySet:
    """Return the tools that are published now and had been added before `moment`."""
    added = LedgerEntry.objects.filter(tool=OuterRef("pk"), kind=Kind.ADDED, at__lt=moment)
    return Tool.objects.published().filter(Exists(added))


def active_at(moment: datetime) -> ToolQuerySet:
    """Return those of `public_at` whose status was active, by the change log."""
    entries = LedgerEntry.objects.filter(
        tool=OuterRef("pk"), kind__in=[*PUBLICATIONS, Kind.STATUS], at__lt=moment
    )
    status = entries.order_by("-at", "-pk").annotate(code=KT("new__status")).values("code")[:1]
    return public_at(moment).annotate(then_status=Subquery(status)).filter(then_status="active")


def with_panel_at(tools: QuerySet[Tool], moment: datetime) -> "QuerySet[ToolWithPanelThen]":
    """Annotate `then_reviews`, `then_ships` and `then_score` (one decimal; None without reviews)."""
    reviews = standing_at(moment).filter(tool=OuterRef("pk")).order_by().values("tool")
    count = reviews.annotate(count=Count("pk")).values("count")
    ships = reviews.annotate(count=Count("pk", filter=Q(verdict=Verdict.SHIP))).values("count")
    score = reviews.annotate(
        mean=Round(Avg("score", output_field=DecimalField()), precision=1)
    ).values("mean")
    return tools.annotate(
        then_reviews=Coalesce(Subquery(count, output_field=IntegerField()), Value(0)),
        then_ships=Coalesce(Subquery(ships, output_field=IntegerField()), Value(0)),
        then_score=Subquery(score),
    )


class ScoreAt(NamedTuple):
    category: int
    tool: int
    slug: str
    reviewer: int
    score: int


def scores_at(tools: ToolQuerySet, moment: datetime) -> Iterator[ScoreAt]:
    """Yield the scores of `tools` at `moment`; one query."""
    reviews = standing_at(moment).filter(tool__in=tools.values("pk"), score__isnull=False)
    columns = "tool__category", "tool", "tool__slug", "reviewer", "score"
    for row in reviews.values_list(*columns).iterator():
        yield ScoreAt(*row)
