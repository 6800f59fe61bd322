"""Highlights: the tool of each category that stands out, so that filtering by category needs no database."""

from datetime import UTC, datetime

from django.db.models import Count, Exists, F, OuterRef, Window
from django.db.models.expressions import Combinable
from django.db.models.functions import Abs

from newsletter.digest.changes import Cards, tool_name
from newsletter.digest.items import Divisive, Gap
from newsletter.digest.ledger_history import ToolRecord
from newsletter.digest.plain_text import one_line
from reviews.models import Review
from reviews.panel import panel_of_reviews, verdict_of
from reviews.panel_at import active_at, with_panel_at
from tools.models import Tool
from votes.models import RANKED_FROM, VoteDay
from votes.queries import with_tally


def most_spread(records: list[ToolRecord], cards: Cards) -> list[tuple[Tool, int]]:
    """Return [(tool, among)]: per category the tool with the largest spread of those reviewed in the period.

    `cards`: the reviews of each tool at the end of the period. Only tools with two reviews or more.
    Equal spreads: the first by slug.
    """
    by_category: dict[int, list[Tool]] = {}
    for record in records:
        if record.was_reviewed and len(cards[record.tool.pk]) > 1:
            by_category.setdefault(record.tool.category_id, []).append(record.tool)
    return [
        (min(tools, key=lambda tool: (-spread_of(cards[tool.pk]), tool.slug)), len(tools))
        for tools in by_category.values()
    ]


def spread_of(reviews: list[Review]) -> int:
    scores = [review.points for review in reviews]
    return max(scores) - min(scores)


def divisive(tool: Tool, among: int, reviews: list[Review]) -> Divisive:
    """`reviews`: those of `tool` at the end of the period, in panel order."""
    highest = max(reviews, key=lambda review: review.points)
    lowest = min(reviews, key=lambda review: review.points)
    return Divisive(
        tool=tool_name(tool),
        verdict=panel_of_reviews(reviews).verdict,
        spread=spread_of(reviews),
        highest=_with_score(highest),
        lowest=_with_score(lowest),
        among=among,
    )


def widest_gaps(until: datetime) -> tuple[Gap, ...]:
    """Return per category the tool with the widest gap between panel ship % and community ship %; one query.

    Both as pages print them. Only active tools that the panel had reviewed by `until`, that have enough votes,
    and none since (votes are counted by UTC day), because past tallies are not stored. Of equal gaps, the
    one with more votes, then the first by slug.
    """
    votes = F("tally__ships") + F("tally__skips")
    voted_since = VoteDay.objects.filter(tool=OuterRef("pk"), day__gte=until.astimezone(UTC).date())
    widest = (
        with_panel_at(with_tally(active_at(until)), until)
        .select_related("category")
        .filter(~Exists(voted_since), then_reviews__gt=0)
        .filter(tally__ships__gte=RANKED_FROM - F("tally__skips"))
        .annotate(
            panel_percent=_percent(F("then_ships"), F("then_reviews")),
            points=Abs(F("panel_percent") - _percent(F("tally__ships"), votes)),
            voted=votes,
            among=Window(Count("pk"), partition_by=F("category")),
        )
        .order_by("category_id", "-points", "-voted", "slug")
        .distinct("category_id")
    )
    return tuple(
        Gap(
            tool=tool_name(tool),
            verdict=verdict_of(tool.then_ships, tool.then_reviews - tool.then_ships),
            panel_percent=tool.panel_percent,
            community_percent=tool.tally.ship_percent or 0,
            votes=tool.tally.votes,
            among=tool.among,
        )
        for tool in widest
    )


def _percent(part: F, whole: Combinable) -> Combinable:
    """`reviews.rounding.percent` in SQL, where integers divide to integers."""
    return (200 * part + whole) / (2 * whole)


def _with_score(review: Review) -> str:
    return f"{one_line(review.reviewer.name)} {review.score}"
