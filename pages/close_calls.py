"""Pairs of tools that are hard to choose between: a start for readers who want to compare."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from reviews.paired import PairedResult, paired_result
from reviews.queries import scorecards
from tools.comparison_urls import comparison_url
from tools.models import Category, Tool
from web.joined_rows import JoinedRows

MOST = 6
# So many are looked at: the job that stores them drops those that are no longer public.
CANDIDATES = 5 * MOST

STORED = JoinedRows(
    """
    SELECT {first}, {second}, {category}
    FROM (SELECT * FROM reviews_closecall ORDER BY gap, id LIMIT %s) AS pair
    JOIN tools_tool AS first ON first.id = pair.first_id
    JOIN tools_tool AS second ON second.id = pair.second_id AND second.category_id = first.category_id
    JOIN tools_category AS category ON category.id = first.category_id
    WHERE first.published_at <= %s AND second.published_at <= %s AND first.status = %s AND second.status = %s
    ORDER BY pair.gap, pair.id LIMIT %s
    """,
    first=Tool,
    second=Tool,
    category=Category,
)


@dataclass(frozen=True)
class CloseCall:
    # The one that is ahead on average comes first.
    first: Tool
    second: Tool
    result: PairedResult

    @property
    def url(self) -> str:
        return comparison_url(*sorted([self.first.slug, self.second.slug]))

    @property
    def points(self) -> Decimal:
        return self.result.mean_difference or Decimal(0)


def build_close_calls() -> list[CloseCall]:
    """Return the closest pairs, for the home page and the picker; two queries.

    Which pairs they are is stored; their figures are computed here.
    """
    pairs = _stored()
    if not pairs:
        return []
    cards = scorecards([tool for pair in pairs for tool in pair])
    calls = [
        CloseCall(first, second, paired_result(cards[first.pk], cards[second.pk]))
        for first, second in pairs
    ]
    return sorted(map(_best_first, calls), key=lambda call: call.result.mean or 0)


def _best_first(call: CloseCall) -> CloseCall:
    if (call.result.mean or 0) >= 0:
        return call
    return CloseCall(call.second, call.first, call.result.swapped())


def _stored() -> list[tuple[Tool, Tool]]:
    """Return the closest stored pairs whose tools are still public, active and of one category."""
    now, active = timezone.now(), Tool.Status.ACTIVE
    pairs = []
    for first, second, category in STORED.read([CANDIDATES, now, now, active, active, MOST]):
        first.category = second.category = category
        pairs.append((first, second))
    return pairs
