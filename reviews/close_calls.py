"""Computes the close calls of each category, and checks those that are stored.

A job computes them anew for the categories that changed (`reviews.tasks`). Pages take from here which pairs
to show, and compute the figures of these few pairs themselves, so that none of them is out of date.
"""

from collections.abc import Iterator
from decimal import Decimal

from django.conf import settings
from django.db import connection, transaction

from reviews.models import CloseCall, CloseCallList, Review
from reviews.nearest_pairs import NearPair, nearest_pairs
from tools.models import Tool

PER_CATEGORY = 6
ALL_RIGHT = "all are those of their reviews."

# The public tools of each category, as one value that changes with any of them.
VERSIONS = """
SELECT category_id, concat(count(*), ':', sum(hashint8extended(id, version)))
FROM tools_tool WHERE published_at <= statement_timestamp()
GROUP BY category_id ORDER BY category_id
"""


def refresh() -> int:
    """Compute anew the close calls of the categories that changed; return how many these were."""
    stored = dict(CloseCallList.objects.values_list("category", "version"))
    current = _versions()
    CloseCallList.objects.exclude(category__in=current).delete()
    changed = [category for category in current if stored.get(category) != current[category]]
    for category in changed:
        _store(category, current[category])
    return len(changed)


def recount() -> int:
    """Compute all close calls anew; return in how many categories they were different."""
    current = _versions()
    CloseCallList.objects.exclude(category__in=current).delete()
    return sum(_store(category, version) for category, version in current.items())


def differences() -> Iterator[str]:
    """Yield a sentence for each category whose stored close calls are not those of its reviews.

    A category that changed after they were computed is left to the job.
    """
    current = _versions()
    for stored in CloseCallList.objects.select_related("category").order_by("category"):
        if stored.version == current.get(stored.category_id):
            pairs, right = _stored(stored), _rows(_nearest(stored.category_id))
            if pairs != right:
                yield f"{stored.category}: close calls are {pairs}, not {right}"


@transaction.atomic
def _store(category: int, version: str) -> bool:
    """Store the close calls of a category; return whether they were different."""
    CloseCallList.objects.get_or_create(category_id=category)
    stored = CloseCallList.objects.select_for_update().get(category=category)
    rows = _rows(_nearest(category))
    is_different = rows != _stored(stored)
    if is_different:
        stored.pairs.all().delete()
        CloseCall.objects.bulk_create(
            CloseCall(list=stored, first_id=first, second_id=second, gap=gap)
            for gap, first, second in rows
        )
    stored.version = version
    stored.save()
    return is_different


def _versions() -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(VERSIONS)
        return {
            category: f"{version}:{settings.BOTTOM_LINE_MIN_REVIEWERS}:{settings.BOTTOM_LINE_LEAD_POINTS}"
            for category, version in cursor
        }


def _nearest(category: int) -> list[NearPair]:
    """Return the nearest pairs of the category's active tools, none so far apart that one could lead."""
    tools = Tool.objects.published().filter(category=category, status=Tool.Status.ACTIVE)
    scores: dict[int, dict[int, int]] = {}
    reviews = Review.objects.current().filter(tool__in=tools, score__isnull=False)
    for tool, reviewer, score in reviews.values_list("tool", "reviewer", "score").iterator():
        assert score is not None
        scores.setdefault(tool, {})[reviewer] = score
    pairs = nearest_pairs(scores, reviewers=settings.BOTTOM_LINE_MIN_REVIEWERS, limit=PER_CATEGORY)
    return [pair for pair in pairs if pair.gap < settings.BOTTOM_LINE_LEAD_POINTS]


type Row = tuple[Decimal, int, int]


def _rows(pairs: list[NearPair]) -> list[Row]:
    rows = [
        (round(Decimal(pair.gap.numerator) / pair.gap.denominator, 4), *pair.tools)
        for pair in pairs
    ]
    return sorted(rows)


def _stored(close_calls: CloseCallList) -> list[Row]:
    return sorted(close_calls.pairs.values_list("gap", "first", "second"))
