"""What happens to a draft of a review before it is published: handed in, handed back, scheduled, discarded."""

import logging
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from reviews.actions import publish_reviews
from reviews.models import Review
from tools.actions import lock_tools
from tools.models import Tool

logger = logging.getLogger(__name__)


@transaction.atomic
def hand_in(*, review: Review) -> None:
    """Hand a complete draft in to the publishers: from now on it cannot be edited. Twice counts once.

    Raises ValidationError that says what is missing.
    """
    draft = _locked_draft(review)
    if draft.handed_in_at is None:
        _require_complete(draft, "Not handed in.")
        draft.handed_in_at = timezone.now()
        draft.reviewed_on = draft.reviewed_on or timezone.localdate()
        draft.save(update_fields=["handed_in_at", "reviewed_on"])


@transaction.atomic
def hand_back(*, review: Review, reason: str) -> None:
    """Let the reviewer edit a draft again that was handed in. The review keeps that this happened."""
    draft = _locked_draft(review)
    if draft.handed_in_at is None:
        raise ValidationError("Not handed back: the review is not handed in.")
    draft.handed_in_at = draft.publish_at = None
    draft.handed_back_at, draft.handed_back_reason = timezone.now(), reason
    draft.save(update_fields=["handed_in_at", "publish_at", "handed_back_at", "handed_back_reason"])


@transaction.atomic
def publish_draft(*, review: Review) -> None:
    """Publish one draft, whatever the other reviewers have entered."""
    draft = _locked_draft(review)
    _require_active(draft, "Not published.")
    publish_reviews(tool=draft.tool, reviews=[draft])


@transaction.atomic
def schedule_review(*, review: Review, at: datetime) -> None:
    """Let the worker publish a complete draft at the time `at`. Until then it cannot be edited."""
    draft = _locked_draft(review)
    _require_active(draft, "Not scheduled.")
    _require_complete(draft, "Not scheduled.")
    draft.publish_at = at
    draft.save(update_fields=["publish_at"])


@transaction.atomic
def cancel_scheduled_review(*, review: Review) -> None:
    draft = _locked_draft(review)
    draft.publish_at = None
    draft.save(update_fields=["publish_at"])


@transaction.atomic
def discard_draft(*, review: Review) -> None:
    """Delete a draft for good. Raises ValidationError for one that is handed in or scheduled."""
    draft = _locked_draft(review)
    if draft.is_locked:
        raise ValidationError(
            "Not discarded: the review is handed in or scheduled. Hand it back or cancel its publication first."
        )
    draft.delete()


def publish_due_reviews() -> int:
    """Publish the scheduled reviews that are due, those of a tool as one event; return how many."""
    due = Review.objects.filter(publish_at__lte=timezone.now())
    tools = Tool.objects.filter(pk__in=due.values("tool")).order_by("pk")
    return sum(_publish_due(tool) for tool in tools)


@transaction.atomic
def _publish_due(tool: Tool) -> int:
    """Publish what is due of `tool`. What cannot be published any more is a draft again."""
    lock_tools([tool.pk])
    due = Review.objects.drafts().filter(tool=tool, publish_at__lte=timezone.now())
    ready = []
    for review in due.in_panel_order():
        if review.reviewer.is_active and not review.missing_for_publishing():
            ready.append(review)
            continue
        Review.objects.filter(pk=review.pk).update(publish_at=None)
        logger.error("Review %s was not published as scheduled. It is a draft again.", review.pk)
    publish_reviews(tool=tool, reviews=ready)
    return len(ready)


def _locked_draft(review: Review) -> Review:
    """Return the draft as it is stored, with the row of its tool locked. Raises ValidationError."""
    lock_tools([review.tool_id])
    drafts = Review.objects.drafts().select_related("tool", "reviewer")
    if draft := drafts.filter(pk=review.pk).first():
        return draft
    raise ValidationError("This draft was published or discarded in the meantime.")


def _require_complete(draft: Review, what: str) -> None:
    if missing := draft.missing_for_publishing():
        raise ValidationError(f"{what} Still missing: {', '.join(missing)}.")


def _require_active(draft: Review, what: str) -> None:
    if not draft.reviewer.is_active:
        raise ValidationError(f"{what} {draft.reviewer} is retired.")
