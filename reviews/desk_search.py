"""What the search over the admin finds of the panel. Blind entry hides the same as in the lists."""

from collections.abc import Iterable, Iterator

from django.contrib.postgres.search import SearchHeadline
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from accounts.models import User
from reviews.blind_review import blind_reviewer, visible_ledger, visible_reviews
from reviews.models import Review, Reviewer
from reviews.models.review import BODY_WORDS
from reviews.staff_notes import VIEW as VIEW_NOTES
from reviews.staff_notes import visible_notes
from tools.models import LedgerEntry, StaffNote
from tools.models.ledger_entry import REASON_WORDS
from tools.models.staff_note import NOTE_WORDS
from web.desk_search import DeskQuery, Hit, HitGroup, candidates
from web.work_items import admin_list

EXCERPT_CHARACTERS = 120


def search(user: User, query: DeskQuery) -> Iterator[HitGroup]:
    try:
        own = blind_reviewer(user)
    except PermissionDenied:
        return
    if user.has_perm("reviews.view_reviewer"):
        url = admin_list("reviews_reviewer", q=query.text)
        yield HitGroup("Reviewers", url, lambda: _reviewers(query))
    if user.has_perm("reviews.view_review"):
        reviews = visible_reviews(reviews_saying(query), own)
        url = admin_list("reviews_review", q=query.text)
        yield HitGroup("Reviews", url, lambda: _reviews(reviews, query))
    if user.has_perm("tools.view_ledgerentry"):
        entries = visible_ledger(_entries_because(query), own)
        url = admin_list("tools_ledgerentry", q=query.text)
        yield HitGroup("Change log: reasons", url, lambda: _entries(entries, query))
    if user.has_perm(VIEW_NOTES):
        notes = visible_notes(user).alias(words=NOTE_WORDS).filter(words=query.sense)
        yield HitGroup(
            "Notes", admin_list("tools_tool", notes="open"), lambda: _notes(notes, query)
        )


def reviews_saying(query: DeskQuery) -> QuerySet[Review]:
    """Return the reviews, drafts included, with all words in their text."""
    return Review.objects.alias(words=BODY_WORDS).filter(words=query.sense)


def _entries_because(query: DeskQuery) -> QuerySet[LedgerEntry]:
    entries = LedgerEntry.objects.exclude(reason="")
    return entries.alias(words=REASON_WORDS).filter(words=query.sense)


def _reviewers(query: DeskQuery) -> Iterable[Hit]:
    for reviewer in Reviewer.objects.filter(name__icontains=query.text)[: query.most]:
        yield Hit(reviewer.name, reverse("admin:reviews_reviewer_change", args=[reviewer.pk]))


def _reviews(reviews: QuerySet[Review], query: DeskQuery) -> Iterable[Hit]:
    excerpt = SearchHeadline(
        "body", query.sense, config="english", start_sel="", stop_sel="", max_words=18, min_words=8
    )
    found = candidates(reviews).select_related("tool", "reviewer").annotate(excerpt=excerpt)
    for review in found.order_by("-pk")[: query.most]:
        page = reverse("admin:reviews_review_change", args=[review.pk])
        yield Hit(f"{review.reviewer} on {review.tool}", page, review.excerpt)


def _entries(entries: QuerySet[LedgerEntry], query: DeskQuery) -> Iterable[Hit]:
    found = candidates(entries).select_related("tool").order_by("-at", "-pk")
    for entry in found[: query.most]:
        page = reverse("admin:tools_ledgerentry_change", args=[entry.pk])
        label = f"{entry.tool}, {timezone.localtime(entry.at):%-d %b %Y}"
        yield Hit(label, page, Truncator(entry.reason).chars(EXCERPT_CHARACTERS))


def _notes(notes: QuerySet[StaffNote], query: DeskQuery) -> Iterable[Hit]:
    found = candidates(notes).select_related("tool", "author").order_by("-pk")
    for note in found[: query.most]:
        page = reverse("admin:tools_tool_notes", args=[note.tool_id])
        text = Truncator(note.text).chars(EXCERPT_CHARACTERS)
        yield Hit(f"{note.tool}, by {note.author}", page, text)
