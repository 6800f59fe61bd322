from collections.abc import Iterator

from django.urls import reverse

from accounts.models import User
from reviews.blind_review import (
    blind_reviewer,
    reviewer_of,
    sees_no_reviews,
    visible_reviews,
)
from reviews.missing import missing_a_reviewer
from reviews.models import Review, Reviewer
from reviews.review_due import DueRows
from reviews.staff_notes import VIEW as VIEW_NOTES
from reviews.staff_notes import having_open_notes
from tools.models import Tool
from tools.oldest_tools import last_of_oldest_tools
from web.work_items import MOST_COUNTED, WorkItem, admin_list, bounded_count


def work_items(user: User) -> Iterator[WorkItem]:
    """Those of a reviewer are about their own reviews."""
    is_partial = last_of_oldest_tools() is not None
    if user.has_perm("reviews.view_review") and not sees_no_reviews(user):
        tied = reviewer_of(user)
        own = tied if tied and tied.is_active else None
        yield _due(own, is_partial)
        yield _drafts(own)
    if user.has_perm("reviews.publish_review"):
        yield _handed_in(user)
    if user.has_perm(VIEW_NOTES):
        yield _notes(user)
    if user.has_perm("tools.change_tool"):
        yield _incomplete_scorecards(is_partial)


def _due(own: Reviewer | None, is_partial: bool) -> WorkItem:
    label = "Your reviews due" if own else "Reviews due"
    due = DueRows(reviewer=own).bounded_count(MOST_COUNTED + 1)
    slug = own.slug if own else ""
    address = reverse("admin:reviews_review_due", query={"reviewer": slug})
    return WorkItem(label, due, address, is_partial)


def _drafts(own: Reviewer | None) -> WorkItem:
    drafts = Review.objects.drafts()
    if own is None:
        address = admin_list("reviews_review", state="draft")
        return WorkItem("Drafts of reviews", bounded_count(drafts), address)
    address = admin_list("reviews_review", state="draft", reviewer__id__exact=own.pk)
    return WorkItem("Your drafts of reviews", bounded_count(drafts.filter(reviewer=own)), address)


def _handed_in(user: User) -> WorkItem:
    waiting = visible_reviews(Review.objects.handed_in(), blind_reviewer(user))
    address = admin_list("reviews_review", state="handed-in")
    return WorkItem("Reviews handed in, waiting for a publisher", bounded_count(waiting), address)


def _notes(user: User) -> WorkItem:
    tools = having_open_notes(Tool.objects.all(), user, assigned_to=user)
    address = admin_list("tools_tool", notes="mine")
    return WorkItem("Tools with a note for you", bounded_count(tools), address)


def _incomplete_scorecards(is_partial: bool) -> WorkItem:
    incomplete = bounded_count(missing_a_reviewer(Tool.objects.published()))
    address = admin_list("tools_tool", publication="published", missing="any")
    return WorkItem("Tools with an incomplete scorecard", incomplete, address, is_partial)
