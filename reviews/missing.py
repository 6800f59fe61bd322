"""Which active reviewers have no published review of a tool."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef

from reviews.models import Review, Reviewer


def with_missing_reviewers(tools):
    """Tools with `missing_reviewers`: the names, in panel order, of the active whose review is not out."""
    published = Review.objects.current().filter(
        tool=OuterRef(OuterRef("pk")), reviewer=OuterRef("pk")
    )
    missing = Reviewer.objects.active().exclude(Exists(published)).order_by("position", "name")
    return tools.annotate(missing_reviewers=ArraySubquery(missing.values("name")))


def missing_a_reviewer(tools, reviewer_id=None):
    """Tools without a published review of one reviewer, or of any active one."""
    reviewers = Reviewer.objects.active()
    if reviewer_id is not None:
        reviewers = Reviewer.objects.filter(pk=reviewer_id)
    published = Review.objects.current().filter(
        tool=OuterRef(OuterRef("pk")), reviewer=OuterRef("pk")
    )
    return tools.filter(Exists(reviewers.exclude(Exists(published))))
