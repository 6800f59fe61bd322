from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app

from reviews.draft_actions import (
    cancel_scheduled_review,
    discard_draft,
    hand_in,
    publish_draft,
    publish_due_reviews,
    schedule_review,
)
from reviews.models import Review
from tests.admin_client import messages_of, send
from tests.factories import draft_review, make_reviewer, make_tool, publish_review
from tools.models import LedgerEntry

pytestmark = pytest.mark.django_db

LATER = timedelta(hours=2)


@pytest.fixture
def draft():
    draft = draft_review(make_tool(name="Ada"), make_reviewer("Bo"))
    draft.save()
    return draft


def url_of(draft, name):
    return reverse(f"admin:reviews_review_{name}", args=[draft.pk])


def make_due(draft):
    Review.objects.filter(pk=draft.pk).update(publish_at=timezone.now() - timedelta(seconds=1))


def test_one_review_is_published_while_others_are_incomplete(publisher, draft):
    draft_review(draft.tool, make_reviewer("Zoe"), score=None).save()

    response = send(publisher, draft.tool, "_publish_review", _publish_review=draft.reviewer_id)

    assert messages_of(response) == ["Published: Bo."]
    assert Review.objects.published().get() == draft
    assert Review.objects.drafts().get().reviewer.name == "Zoe"


def test_what_is_typed_into_a_line_is_published_with_its_button(publisher):
    bo, tool = make_reviewer("Bo"), make_tool()
    opinion = {"bo__score": 60, "bo__verdict": "ship", "bo__basis": "hands_on", "bo__body": "Good."}

    send(publisher, tool, "_publish_review", _publish_review=bo.pk, **opinion)

    assert Review.objects.published().get().score == 60


@pytest.mark.parametrize("reviewer", ["abc", "", "9" * 30, "0"])
def test_a_button_with_another_value_publishes_nothing(publisher, draft, reviewer):
    response = send(publisher, draft.tool, "_publish_review", _publish_review=reviewer)

    assert response.status_code == 302
    assert list(Review.objects.published()) == []


def test_a_draft_that_was_handed_in_is_published_from_its_page(publisher, draft):
    hand_in(review=draft)

    publisher.post(url_of(draft, "publish"))

    assert Review.objects.published().get().reviewed_on == timezone.localdate()


def test_a_scheduled_review_is_published_by_the_worker_when_it_is_due(publisher, draft):
    at = timezone.now() + LATER

    publisher.post(url_of(draft, "schedule"), {"publish_on": f"{at:%Y-%m-%dT%H:%M}"})
    before = publish_due_reviews()
    scheduled = Review.objects.get()
    make_due(draft)
    published = publish_due_reviews()

    assert scheduled.publish_at == at.replace(second=0, microsecond=0)
    assert (before, published, publish_due_reviews()) == (0, 1, 0)
    review = Review.objects.current().get()
    assert (review.publish_at, review.is_current) == (None, True)
    kinds = LedgerEntry.objects.in_order().values_list("kind", flat=True)
    assert list(kinds) == ["added", "reviewed", "verdict", "score"]


def test_scheduled_reviews_of_a_tool_are_one_event(draft):
    other = draft_review(draft.tool, make_reviewer("Zoe"))
    other.save()
    make_due(draft), make_due(other)

    assert publish_due_reviews() == 2

    entries = LedgerEntry.objects.exclude(kind="added")
    assert entries.order_by().values("event").distinct().count() == 1


def test_a_schedule_is_moved_and_cancelled(publisher, draft):
    schedule_review(review=draft, at=timezone.now() + LATER)
    later = timezone.now() + 2 * LATER

    publisher.post(url_of(draft, "schedule"), {"publish_on": f"{later:%Y-%m-%dT%H:%M}"})
    moved = Review.objects.get().publish_at
    publisher.post(url_of(draft, "cancel_schedule"))

    assert moved == later.replace(second=0, microsecond=0)
    assert Review.objects.get().publish_at is None


def test_a_time_in_the_past_is_refused(publisher, draft):
    response = publisher.post(url_of(draft, "schedule"), {"publish_on": "2020-01-01T10:00"})

    assert response.status_code == 422
    assert response.context["form"].errors == {"publish_on": ["The time is in the past."]}
    assert Review.objects.get().publish_at is None


def test_an_incomplete_draft_is_neither_handed_in_nor_scheduled(draft):
    Review.objects.update(body="")

    with pytest.raises(ValidationError, match="Not handed in"):
        hand_in(review=draft)
    with pytest.raises(ValidationError, match="Not scheduled"):
        schedule_review(review=draft, at=timezone.now() + LATER)


def test_what_can_no_longer_be_published_is_a_draft_again(draft, caplog):
    make_due(draft)
    draft.reviewer.is_active = False
    draft.reviewer.save()

    assert publish_due_reviews() == 0

    assert Review.objects.drafts().get().publish_at is None
    assert "was not published as scheduled" in caplog.text


def test_publishing_all_leaves_scheduled_reviews_to_the_worker(publisher, draft):
    schedule_review(review=draft, at=timezone.now() + LATER)

    response = send(publisher, draft.tool, "_publish_reviews")

    assert messages_of(response) == ["There are no drafts to publish."]
    assert list(Review.objects.published()) == []


def test_a_locked_draft_is_not_discarded(draft):
    schedule_review(review=draft, at=timezone.now() + LATER)

    with pytest.raises(ValidationError, match="Not discarded"):
        discard_draft(review=draft)
    cancel_scheduled_review(review=draft)
    discard_draft(review=draft)

    assert list(Review.objects.all()) == []


@pytest.mark.parametrize("lock", ["handed_in_at", "publish_at"])
def test_the_database_refuses_to_change_or_delete_a_locked_draft(draft, lock):
    Review.objects.filter(pk=draft.pk).update(**{lock: timezone.now() + LATER})

    for change in (
        lambda rows: rows.update(score=1),
        lambda rows: rows.update(score=1, **{lock: None}),
        lambda rows: rows.delete(),
    ):
        with (
            pytest.raises(IntegrityError, match="handed in or scheduled"),
            transaction.atomic(),
        ):
            change(Review.objects.filter(pk=draft.pk))


def test_the_database_refuses_to_lock_an_incomplete_draft(draft):
    with pytest.raises(IntegrityError, match="locked_review_is_complete"), transaction.atomic():
        Review.objects.update(body="", handed_in_at=timezone.now())


def test_a_published_draft_is_no_draft_any_more(draft):
    publish_draft(review=draft)

    with pytest.raises(ValidationError, match="published or discarded in the meantime"):
        publish_draft(review=draft)


def test_a_published_review_is_discarded_by_nobody(publisher):
    review = publish_review(make_tool(), make_reviewer())

    response = publisher.post(url_of(review, "discard"))

    assert response.status_code == 422
    assert Review.objects.get() == review


def test_the_worker_looks_every_minute():
    crons = {name: task.cron for (name, _), task in app.periodic_registry.periodic_tasks.items()}

    assert crons["reviews.tasks.publish_scheduled_reviews"] == "* * * * *"
