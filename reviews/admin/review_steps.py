"""What staff do with one review on a page of its own, which says what will happen and asks for what it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from reviews.actions import correct_review
from reviews.blind_review import blind_reviewer, reviewer_of, writes_own_reviews_only
from reviews.draft_actions import (
    cancel_scheduled_review,
    discard_draft,
    hand_back,
    hand_in,
    publish_draft,
    schedule_review,
)
from reviews.forms import HandBackForm, ReviewCorrectionForm, ScheduleForm
from reviews.models import Review, Reviewer

type Answers = dict[str, Any]


@dataclass(frozen=True)
class Step:
    title: str
    note: str  # what will happen
    button: str
    may: Callable[[User, Review], bool]
    is_offered: Callable[[Review], bool]  # in the present state of the review
    run: Callable[[User, Review, Answers], str]  # returns a sentence on what was done
    form: type[forms.Form] = forms.Form


def can_write(user: User, reviewer: Reviewer) -> bool:
    """Whether `user` may write the reviews of `reviewer`: their own, or those of all if they enter nothing blind."""
    if writes_own_reviews_only(user):
        return reviewer == reviewer_of(user)
    return user.has_perm("reviews.change_review") and blind_reviewer(user) in (None, reviewer)


@dataclass(frozen=True)
class StepLink:
    title: str
    url: str


def step_links(user: User, review: Review, *, is_edited: bool) -> list[StepLink]:
    """Return what `user` can do with `review` now. A page that edits it (`is_edited`) has two steps as buttons."""
    left_out = ("publish", "hand-in") if is_edited else ()
    return [
        StepLink(step.title, reverse(f"admin:{url_name(name)}", args=[review.pk]))
        for name, step in STEPS.items()
        if name not in left_out and step.is_offered(review) and step.may(user, review)
    ]


def url_name(step: str) -> str:
    return f"reviews_review_{step.replace('-', '_')}"


def _writes(user: User, review: Review) -> bool:
    return can_write(user, review.reviewer)


def _is_own(user: User, review: Review) -> bool:
    return user.has_perm("reviews.write_own_review") and review.reviewer == reviewer_of(user)


def _publishes(user: User, review: Review) -> bool:
    return user.has_perm("reviews.publish_review")


def _hand_in(user: User, review: Review, answers: Answers) -> str:
    hand_in(review=review)
    return f"The review of {review.tool} is handed in. A publisher publishes it."


def _hand_back(user: User, review: Review, answers: Answers) -> str:
    hand_back(review=review, reason=answers["reason"])
    return f"The review is handed back to {review.reviewer}, who can edit it again."


def _publish(user: User, review: Review, answers: Answers) -> str:
    publish_draft(review=review)
    return f"Published: {review.reviewer}."


def _schedule(user: User, review: Review, answers: Answers) -> str:
    schedule_review(review=review, at=answers["publish_on"])
    at = timezone.localtime(answers["publish_on"])
    return f"The review by {review.reviewer} will be published on {at:%-d %B %Y, %H:%M %Z}."


def _cancel(user: User, review: Review, answers: Answers) -> str:
    cancel_scheduled_review(review=review)
    return f"The review by {review.reviewer} is no longer scheduled."


def _discard(user: User, review: Review, answers: Answers) -> str:
    discard_draft(review=review)
    return f"The draft of {review.reviewer} is deleted."


def _correct(user: User, review: Review, answers: Answers) -> str:
    correct_review(review=review, body=answers["body"], by=user)
    return f"The review by {review.reviewer} is corrected. Readers can open the earlier text."


STEPS = {
    "hand-in": Step(
        "Hand in",
        "You cannot edit the review afterwards, unless a publisher hands it back. You then see the other reviews.",
        "Hand in",
        _is_own,
        lambda review: not review.published_at and not review.is_locked,
        _hand_in,
    ),
    "publish": Step(
        "Publish",
        "Readers see this review at once. Drafts of the other reviewers stay drafts.",
        "Publish review",
        _publishes,
        lambda review: not review.published_at,
        _publish,
    ),
    "schedule": Step(
        "Schedule",
        "The review is published at this time. Until then it cannot be edited, and you can cancel.",
        "Schedule review",
        _publishes,
        lambda review: not review.published_at,
        _schedule,
        ScheduleForm,
    ),
    "cancel-schedule": Step(
        "Cancel publication",
        "The review is not published at its time. It can be published or scheduled later.",
        "Cancel publication",
        _publishes,
        lambda review: review.publish_at is not None,
        _cancel,
    ),
    "hand-back": Step(
        "Hand back",
        "The reviewer can edit the review again. The published review says that it was handed back: its reviewer "
        "could see the other scores.",
        "Hand back",
        _publishes,
        lambda review: not review.published_at and review.handed_in_at is not None,
        _hand_back,
        HandBackForm,
    ),
    "discard": Step(
        "Discard draft",
        "The draft is deleted for good. What is published stays.",
        "Discard draft",
        _writes,
        lambda review: not review.published_at and not review.is_locked,
        _discard,
    ),
    "correct": Step(
        "Correct a typing error",
        "Only the text changes: score, verdict, basis and date stay, and the change log gets no entry. The page says "
        "when the text was corrected, and shows the earlier text. A new opinion is a new revision instead.",
        "Correct review",
        _publishes,
        lambda review: review.published_at is not None,
        _correct,
        ReviewCorrectionForm,
    ),
}
