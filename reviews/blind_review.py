"""Blind entry: staff who are reviewers enter their own opinion before they see those of the others.

A member of staff tied to a reviewer sees the other opinions of a tool once their own is published or handed in:
from then on it cannot be edited. A draft opens nothing, and neither does retiring the reviewer. Everybody else,
and everybody when settings.BLIND_ENTRY is off, sees all (docs/adr/0016).
"""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from reviews.models import Review, Reviewer, ReviewQuerySet
from tools.models import LedgerEntry, Tool

ABOUT_THE_PANEL = [
    LedgerEntry.Kind.REVIEWED,
    LedgerEntry.Kind.VERDICT,
    LedgerEntry.Kind.SCORE,
]


def reviewer_of(user: User | AnonymousUser) -> Reviewer | None:
    """Return the reviewer, active or retired, whom an operator tied to the account of `user`."""
    return getattr(user, "reviewer", None)


def blind_reviewer(user: User | AnonymousUser) -> Reviewer | None:
    """Return the reviewer whose opinions `user` enters blind, or None for those who see all.

    Raises PermissionDenied for an account that may only write its own reviews, and is tied to no reviewer.
    """
    if not settings.BLIND_ENTRY:
        return None
    if sees_no_reviews(user):
        raise PermissionDenied(
            "Your account is not tied to a reviewer. Ask an operator to do that."
        )
    return reviewer_of(user)


def sees_no_reviews(user: User | AnonymousUser) -> bool:
    """Whether `user` may only write their own reviews, blind, and is tied to no reviewer."""
    return settings.BLIND_ENTRY and reviewer_of(user) is None and writes_own_reviews_only(user)


def writes_own_reviews_only(user: User | AnonymousUser) -> bool:
    return user.has_perm("reviews.write_own_review") and not user.has_perm("reviews.change_review")


def entered_by(reviewer: Reviewer) -> ReviewQuerySet:
    """Return the reviews, published or handed in, whose tools are open to `reviewer`."""
    entered = Q(published_at__isnull=False) | Q(handed_in_at__isnull=False)
    return Review.objects.filter(entered, reviewer=reviewer)


def sees_others_of(user: User | AnonymousUser, tool: Tool) -> bool:
    """Whether `user` may see the other opinions of `tool`, and pages that show them."""
    reviewer = blind_reviewer(user)
    return reviewer is None or entered_by(reviewer).filter(tool=tool).exists()


def with_is_open[Rows: QuerySet[Tool]](tools: Rows, reviewer: Reviewer | None) -> Rows:
    """Annotate `is_open`: whether `reviewer` (None: anybody) may see the panel of the tool."""
    return tools.annotate(is_open=is_open(reviewer, "pk"))


def visible_reviews[Reviews: QuerySet[Review]](
    reviews: Reviews, reviewer: Reviewer | None
) -> Reviews:
    """Return the reviews that `reviewer` (None: anybody) may see: their own, and all of open tools."""
    if reviewer is None:
        return reviews
    return reviews.filter(Q(reviewer=reviewer) | is_open(reviewer, "tool"))


def visible_ledger[Entries: QuerySet[LedgerEntry]](
    entries: Entries, reviewer: Reviewer | None
) -> Entries:
    """Return `entries` without those that would reveal the panel of a tool to `reviewer` (None: anybody)."""
    if reviewer is None:
        return entries
    about_the_panel = Q(kind__in=ABOUT_THE_PANEL) | Q(corrects__kind__in=ABOUT_THE_PANEL)
    return entries.filter(~about_the_panel | is_open(reviewer, "tool"))


def is_open(reviewer: Reviewer | None, tool: str) -> Q | Exists:
    """Return the condition that `reviewer` (None: anybody) may see the panel of the row's tool."""
    if reviewer is None:
        return Q(pk__isnull=False)
    return Exists(entered_by(reviewer).filter(tool=OuterRef(tool)))
