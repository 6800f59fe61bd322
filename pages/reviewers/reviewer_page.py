"""The page of one reviewer: verdicts, figures, and agreement with the other reviewers."""

from dataclasses import dataclass

from django.utils import timezone

from pages.reviewers.calibration import Calibration, reviewer_calibration
from reviews.models import Review, Reviewer
from web.paging import Paged, paged_to_most

PER_PAGE = 24


@dataclass(frozen=True)
class ReviewerPage:
    reviewer: Reviewer
    calibration: Calibration
    reviews: Paged


def build_reviewer_page(reviewer: Reviewer, page_number: str | None) -> ReviewerPage:
    """Build the page of `reviewer`, who comes from `with_review_counts` and `with_leniency`."""
    reviews = (
        Review.objects.current()
        .filter(reviewer=reviewer, tool__published_at__lte=timezone.now())
        .select_related("tool__category", "tool__panel")
        .order_by("-reviewed_on", "-pk")
    )
    return ReviewerPage(
        reviewer=reviewer,
        calibration=reviewer_calibration(reviewer),
        reviews=paged_to_most(reviews, page_number, per_page=PER_PAGE, total=reviewer.review_count),
    )
