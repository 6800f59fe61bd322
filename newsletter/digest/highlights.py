"""The tools that stand out: for each category the one, so that a choice of categories needs no database."""

from django.db.models import Count, F, Window
from django.db.models.functions import Abs

from newsletter.digest.changes import tool_name
from newsletter.digest.items import Divisive, Gap
from newsletter.digest.plain_text import one_line
from reviews.queries import with_panel
from tools.models import Tool
from votes.models import RANKED_FROM
from votes.queries import with_tally


def most_spread(records):
    """[(tool, among)]: per category the tool with the largest spread of those reviewed in the time.

    Only tools with two reviews or more. Equal spreads: the first by slug.
    """
    by_category = {}
    for record in records:
        if record.was_reviewed and record.tool.panel.review_count > 1:
            by_category.setdefault(record.tool.category_id, []).append(record.tool)
    return [
        (min(tools, key=lambda tool: (-tool.panel.spread, tool.slug)), len(tools))
        for tools in by_category.values()
    ]


def divisive(tool, among, scorecard):
    """`scorecard`: the current reviews of `tool`, in panel order."""
    highest = max(scorecard, key=lambda review: review.score)
    lowest = min(scorecard, key=lambda review: review.score)
    return Divisive(
        tool=tool_name(tool),
        verdict=tool.panel.verdict,
        spread=tool.panel.spread,
        highest=_who(highest),
        lowest=_who(lowest),
        among=among,
    )


def widest_gaps():
    """Per category the tool whose panel ship % and community ship % lie furthest apart; one query.

    Both as pages print them. Only tools that the panel reviewed and readers gave enough votes. Equal
    gaps: the one with more votes, then the first by slug.
    """
    votes = F("tally__ships") + F("tally__skips")
    readers = (200 * F("tally__ships") + votes) / (2 * votes)  # reviews.rounding.percent
    widest = (
        with_tally(with_panel(Tool.objects.published()))
        .filter(tally__ships__gte=RANKED_FROM - F("tally__skips"), panel__score__isnull=False)
        .annotate(
            points=Abs(F("panel__ship_percent") - readers),
            voted=votes,
            among=Window(Count("pk"), partition_by=F("category")),
        )
        .order_by("category_id", "-points", "-voted", "slug")
        .distinct("category_id")
    )
    return tuple(
        Gap(
            tool=tool_name(tool),
            verdict=tool.panel.verdict,
            panel_percent=tool.panel.ship_percent,
            community_percent=tool.tally.ship_percent,
            votes=tool.tally.votes,
            among=tool.among,
        )
        for tool in widest
    )


def _who(review):
    return f"{one_line(review.reviewer.name)} {review.score}"
