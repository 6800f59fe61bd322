"""Pairs of tools that are hard to choose between: a start for readers who want to compare."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, QuerySet
from django.utils import timezone

from pages.comparison_urls import comparison_url
from reviews import models
from reviews.paired import PairedResult, paired_result
from reviews.queries import scorecards
from tools.models import Tool

MOST = 6


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
    pairs = [(pair.first, pair.second) for pair in _stored()[:MOST]]
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


def _stored() -> QuerySet[models.CloseCall]:
    """Return the stored pairs whose tools are still public, active and of one category."""
    now, active = timezone.now(), Tool.Status.ACTIVE
    return models.CloseCall.objects.filter(
        first__published_at__lte=now,
        second__published_at__lte=now,
        first__status=active,
        second__status=active,
        first__category=F("second__category"),
    ).select_related("first__category", "second__category")
