"""What pages read of the stored calibration."""

from django.db.models import Q, QuerySet

from reviews.calibration.models import Agreement
from reviews.models import Reviewer


def agreements(reviewer: Reviewer | None = None) -> QuerySet[Agreement]:
    """Return the agreement of every pair, or of those with `reviewer`, with both reviewers."""
    pairs = Agreement.objects.select_related("first", "second")
    if reviewer is not None:
        pairs = pairs.filter(Q(first=reviewer) | Q(second=reviewer))
    return pairs


def with_leniency(reviewers: QuerySet[Reviewer]) -> QuerySet[Reviewer]:
    """Select the stored leniency in the same query; a reviewer without one has no `leniency`."""
    return reviewers.select_related("leniency")
