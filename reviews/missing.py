"""Active reviewers who have no published review of a tool."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet

from reviews.models import Review, Reviewer
from tools.models import Tool
from tools.oldest_tools import oldest_tools


def with_missing_reviewers(tools: QuerySet[Tool]) -> QuerySet[Tool]:
    """Annotate `missing_reviewers`: names in panel order."""
    missing = _without_published_review(Reviewer.objects.active()).order_by("position", "name")
    return tools.annotate(missing_reviewers=ArraySubquery(missing.values("name")))


def missing_a_reviewer(tools: QuerySet[Tool], reviewer_id: int | None = None) -> QuerySet[Tool]:
    """Return those of the oldest tools without a published review of one reviewer, or of any active one."""
    reviewers = Reviewer.objects.active()
    if reviewer_id is not None:
        reviewers = Reviewer.objects.filter(pk=reviewer_id)
    is_old = Q(pk__in=oldest_tools().values("pk"))
    return tools.filter(is_old, Exists(_without_published_review(reviewers)))


def _without_published_review(reviewers: QuerySet[Reviewer]) -> QuerySet[Reviewer]:
    """For a subquery on tools."""
    published = Review.objects.current().filter(
        tool=OuterRef(OuterRef("pk")), reviewer=OuterRef("pk")
    )
    return reviewers.exclude(Exists(published))
