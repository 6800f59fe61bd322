"""Blind entry: staff who are reviewers enter their own opinion before they see those of the others.

A member of staff tied to an active reviewer sees the other opinions of a tool once their own is entered:
published, or a complete draft. Everybody else, and everybody when settings.BLIND_ENTRY is off, sees all.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from reviews.models import Review, Reviewer, ReviewQuerySet
from tools.models import LedgerEntry, Tool

ABOUT_THE_PANEL = [
    LedgerEntry.Kind.REVIEWED,
    LedgerEntry.Kind.VERDICT,
    LedgerEntry.Kind.SCORE,
]


def blind_reviewer(user: User | AnonymousUser) -> Reviewer | None:
    """Return the reviewer whose opinions `user` enters blind, or None for those who see all."""
    if not settings.BLIND_ENTRY:
        return None
    return Reviewer.objects.active().filter(user=user.pk).first()


def entered_by(reviewer: Reviewer) -> ReviewQuerySet:
    """Return the reviews, published or complete drafts, whose tools are open to `reviewer`."""
    return Review.objects.filter(reviewer=reviewer, score__isnull=False).exclude(
        Q(verdict="") | Q(basis="") | Q(body="")
    )


def sees_others_of(user: User | AnonymousUser, tool: Tool) -> bool:
    """Whether `user` may see the other opinions of `tool`, and pages that show them."""
    reviewer = blind_reviewer(user)
    return reviewer is None or entered_by(reviewer).filter(tool=tool).exists()


def with_is_open[Rows: QuerySet[Any]](
    rows: Rows, reviewer: Reviewer | None, tool: str = "pk"
) -> Rows:
    """Annotate `is_open`: whether `reviewer` (None: anybody) may see the panel of the row's tool."""
    return rows.annotate(is_open=_is_open(reviewer, tool))


def visible_reviews[Reviews: QuerySet[Review]](
    reviews: Reviews, reviewer: Reviewer | None
) -> Reviews:
    """Return the reviews that `reviewer` (None: anybody) may see: their own, and all of open tools."""
    if reviewer is None:
        return reviews
    return reviews.filter(Q(reviewer=reviewer) | _is_open(reviewer, "tool"))


def visible_ledger[Entries: QuerySet[LedgerEntry]](
    entries: Entries, reviewer: Reviewer | None
) -> Entries:
    """Return `entries` without those that would reveal the panel of a tool to `reviewer` (None: anybody)."""
    if reviewer is None:
        return entries
    about_the_panel = Q(kind__in=ABOUT_THE_PANEL) | Q(corrects__kind__in=ABOUT_THE_PANEL)
    return entries.filter(~about_the_panel | _is_open(reviewer, "tool"))


def _is_open(reviewer: Reviewer | None, tool: str) -> Q | Exists:
    if reviewer is None:
        return Q(pk__isnull=False)
    return Exists(entered_by(reviewer).filter(tool=OuterRef(tool)))
