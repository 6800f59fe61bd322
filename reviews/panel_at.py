"""The panel just before a moment, and the tools that readers could see then: queries for the newsletter."""

from collections.abc import Iterator
from datetime import datetime
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

from reviews.models import Review, ReviewQuerySet, Verdict
from tools.ledger_state import PUBLICATIONS, Kind
from tools.models import LedgerEntry, Tool, ToolQuerySet

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class PanelThen(TypedDict):
    then_reviews: int
    then_ships: int
    then_score: Decimal | None


type ToolWithPanelThen = WithAnnotations[Tool, PanelThen]


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
