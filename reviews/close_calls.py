"""The close calls of each category: the pairs of active tools that the panel can hardly tell apart.

A job stores which pairs they are (`reviews.stored_figures`). Pages compute the figures of the few that they
show themselves, so that none of them is out of date.
"""

from decimal import Decimal

from django.conf import settings
from django.utils import timezone

from reviews.models import CloseCall, Review
from reviews.nearest_pairs import nearest_pairs
from reviews.stored_figures import Rows, StoredFigures
from tools.models import Tool

PER_CATEGORY = 6

# {category id: {tool id: {reviewer id: score}}}
type Scores = dict[int, dict[int, dict[int, int]]]


def close_call_rows() -> Rows:
    """Return the nearest pairs of each category, none so far apart that one could lead."""
    reviewers, apart = settings.BOTTOM_LINE_MIN_REVIEWERS, settings.BOTTOM_LINE_LEAD_POINTS
    pairs = [
        pair
        for scores in _scores().values()
        for pair in nearest_pairs(scores, reviewers=reviewers, limit=PER_CATEGORY)
        if pair.gap < apart
    ]
    return [
        CloseCall(
            first_id=pair.tools[0],
            second_id=pair.tools[1],
            gap=round(Decimal(pair.gap.numerator) / pair.gap.denominator, 4),
        )
        for pair in sorted(pairs, key=lambda pair: (pair.gap, pair.tools))
    ]


def _scores() -> Scores:
    """Return the current scores of published, active tools."""
    reviews = Review.objects.current().filter(
        tool__published_at__lte=timezone.now(), tool__status=Tool.Status.ACTIVE
    )
    found: Scores = {}
    rows = reviews.order_by().values_list("tool__category", "tool", "reviewer", "score")
    for category, tool, reviewer, score in rows.iterator():
        if score is not None:  # a published review has one, by a constraint
            found.setdefault(category, {}).setdefault(tool, {})[reviewer] = score
    return found


CLOSE_CALLS = StoredFigures(
    name="close calls",
    tables=[CloseCall],
    compute=close_call_rows,
    setting_names=["BOTTOM_LINE_MIN_REVIEWERS", "BOTTOM_LINE_LEAD_POINTS"],
)
