"""Blind entry: who may see the others' opinions of a tool before it has all of them.

A member of staff tied to an active reviewer sees them once their own is entered: published, or a
complete draft. Everybody else, and everybody when settings.BLIND_ENTRY is off, sees all.
"""

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from reviews.models import Review, Reviewer
from tools.models import LedgerEntry

ABOUT_THE_PANEL = [
    LedgerEntry.Kind.REVIEWED,
    LedgerEntry.Kind.VERDICT,
    LedgerEntry.Kind.SCORE,
]


def blind_reviewer(user):
    """The reviewer whose own opinion `user` enters blind, or None for those who see all."""
    if not settings.BLIND_ENTRY:
        return None
    return Reviewer.objects.active().filter(user=user.pk).first()


def entered_by(reviewer):
    """The reviews, published or complete drafts, that open the others' to `reviewer`."""
    return Review.objects.filter(reviewer=reviewer, score__isnull=False).exclude(
        Q(verdict="") | Q(basis="") | Q(body="")
    )


def sees_others_of(user, tool):
    """Whether `user` may see what others say of `tool`, and pages that show it."""
    reviewer = blind_reviewer(user)
    return reviewer is None or entered_by(reviewer).filter(tool=tool).exists()


def with_is_open(rows, reviewer, tool="pk"):
    """Annotate `is_open`: `reviewer` (None: anybody) may see the panel of the row's tool."""
    return rows.annotate(is_open=_is_open(reviewer, tool))


def visible_reviews(reviews, reviewer):
    """Those that `reviewer` (None: anybody) may see: their own, and all of open tools."""
    if reviewer is None:
        return reviews
    return reviews.filter(Q(reviewer=reviewer) | _is_open(reviewer, "tool"))


def visible_ledger(entries, reviewer):
    """Ledger entries without those that would tell `reviewer` (None: anybody) of the panel."""
    if reviewer is None:
        return entries
    about_the_panel = Q(kind__in=ABOUT_THE_PANEL) | Q(corrects__kind__in=ABOUT_THE_PANEL)
    return entries.filter(~about_the_panel | _is_open(reviewer, "tool"))


def _is_open(reviewer, tool):
    if reviewer is None:
        return Q(pk__isnull=False)
    return Exists(entered_by(reviewer).filter(tool=OuterRef(tool)))
