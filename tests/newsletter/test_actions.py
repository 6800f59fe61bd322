"""What staff, or the clock, do to an issue."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from newsletter.delivery import sending_gate
from newsletter.delivery.database_identity import identity
from newsletter.delivery.progress import progress_of
from newsletter.delivery.wake_worker import LOCK, wake
from newsletter.digest.sections import PARTS
from newsletter.issues import actions
from newsletter.models import Delivery, Issue, SendingGate
from tests.factories import make_reviewer
from tests.newsletter.factories import make_issue, make_subscriber
from tests.newsletter.jobs import delete_jobs
from tests.newsletter.ledger_factory import old_tool, on, review

pytestmark = pytest.mark.django_db


@pytest.fixture
def issue():
    """A draft with one changed verdict."""
    tool, reviewer = old_tool("Ada"), make_reviewer("Builder")
    review(tool, (reviewer, 40, "skip"), at=on(-5))
    review(tool, (reviewer, 80, "ship"), at=on(2), reason="It was fixed.")
    return make_issue()


def stored(issue):
    return Issue.objects.get(pk=issue.pk)


def test_starting_freezes_numbers_and_queues(issue, admin_user):
    subscriber = make_subscriber()

    actions.start_sending(issue=issue, staff=admin_user)

    sending = stored(issue)
    assert (sending.state, sending.number, sending.approved_by) == ("sending", 1, admin_user)
    assert sending.content["changed"][0]["tool"]["name"] == "Ada"
    assert sending.content_hash == actions.content_hash(sending)
    assert Delivery.objects.values_list("subscriber", "state").get() == (subscriber.pk, "queued")


def test_starting_twice_queues_nobody_twice(issue):
    make_subscriber()

    actions.start_sending(issue=issue)
    actions.start_sending(issue=stored(issue))

    assert Delivery.objects.count() == 1


def test_a_subscriber_who_joins_after_the_start_gets_the_next_issue(issue):
    actions.start_sending(issue=issue)
    make_subscriber()

    actions.start_sending(issue=stored(issue))

    assert Delivery.objects.count() == 0


def test_numbers_follow_each_other(issue):
    first = actions.start_sending(issue=issue)
    second = actions.start_sending(issue=make_issue())

    assert (first.number, second.number) == (1, 2)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("content", {}),
        ("content_hash", "0" * 64),
        ("number", 9),
        ("subject", "Another"),
        ("intro", "Another"),
        ("parts", ["new"]),
        ("published_at", None),
    ],
)
def test_a_sent_issue_cannot_be_changed(issue, field, value):
    actions.start_sending(issue=issue)

    with pytest.raises(IntegrityError), transaction.atomic():
        Issue.objects.filter(pk=issue.pk).update(**{field: value})


def test_an_issue_without_changes_is_not_sent():
    quiet = make_issue()
    make_subscriber()

    with pytest.raises(actions.EmptyIssue):
        actions.start_sending(issue=quiet)

    assert (stored(quiet).state, Delivery.objects.count()) == ("draft", 0)


def test_changes_only_in_parts_left_out_do_not_count(issue):
    Issue.objects.filter(pk=issue.pk).update(parts=[name for name in PARTS if name != "changed"])

    with pytest.raises(actions.EmptyIssue):
        actions.start_sending(issue=issue)


def test_a_scheduled_issue_starts_when_it_is_due(issue, admin_user):
    at = timezone.now() + timedelta(hours=1)
    actions.schedule(issue=issue, at=at, staff=admin_user)

    actions.start_due_issues(now=at - timedelta(seconds=1))
    assert stored(issue).state == "scheduled"
    actions.start_due_issues(now=at)

    assert (stored(issue).state, stored(issue).approved_by) == ("sending", admin_user)


@pytest.mark.parametrize(("late", "state"), [(6 * 60, "sending"), (6 * 60 + 1, "draft")])
def test_an_issue_more_than_six_hours_late_becomes_a_draft(issue, admin_user, late, state):
    at = timezone.now()
    actions.schedule(issue=issue, at=at, staff=admin_user)

    actions.start_due_issues(now=at + timedelta(minutes=late))

    assert stored(issue).state == state
    assert ("more than 6 hours ago" in stored(issue).hold_reason) == (state == "draft")


def test_a_scheduled_issue_without_changes_becomes_a_draft_with_a_reason(admin_user):
    quiet = make_issue()
    actions.schedule(issue=quiet, at=timezone.now(), staff=admin_user)

    actions.start_due_issues(now=timezone.now())

    assert stored(quiet).state == "draft"
    assert stored(quiet).hold_reason == actions.NO_CHANGES


@pytest.mark.parametrize("act", [actions.pause, actions.resume, actions.retry_rejected])
def test_actions_for_other_states_do_not_change_a_draft(issue, admin_user, act):
    act(issue=issue)

    assert stored(issue).state == "draft"


def test_a_cancelled_issue_cannot_be_started_or_resumed(issue, admin_user):
    actions.cancel(issue=issue)

    actions.start_sending(issue=issue)
    actions.resume(issue=issue)

    assert (stored(issue).state, Delivery.objects.count()) == ("cancelled", 0)


def test_retrying_rejected_deliveries_resumes_a_sent_issue(issue, admin_user):
    make_subscriber()
    actions.start_sending(issue=issue)
    Delivery.objects.update(state="rejected", tries=5, code=550)
    Issue.objects.update(state="sent", finished_at=timezone.now())

    assert actions.retry_rejected(issue=issue) == 1

    assert Delivery.objects.values_list("state", "tries").get() == ("queued", 0)
    assert (stored(issue).state, stored(issue).finished_at) == ("sending", None)


def test_progress_is_read_in_four_queries(issue, django_assert_num_queries):
    for _ in range(8):
        make_subscriber()
    actions.start_sending(issue=issue)
    pks = list(Delivery.objects.values_list("pk", flat=True))
    for pk, state in zip(
        pks, ["sent", "sent", "sent", "rejected", "uncertain", "skipped"], strict=False
    ):
        Delivery.objects.filter(pk=pk).update(state=state, changed_at=timezone.now())
    Delivery.objects.filter(pk=pks[6]).update(next_try_at=timezone.now() + timedelta(hours=1))

    sending = stored(issue)
    sending.published_at -= timedelta(minutes=5)

    with django_assert_num_queries(4):
        progress = progress_of(sending)

    counted = (progress.total, progress.sent, progress.rejected, progress.uncertain)
    assert counted == (8, 3, 1, 1)
    assert (progress.skipped, progress.waiting, progress.deferred) == (1, 2, 1)
    assert (progress.percent, progress.per_second, progress.seconds_left) == (75, 0.1, 10)


def test_the_rate_of_a_new_issue_is_measured_since_it_started(issue):
    make_subscriber()
    sending = actions.start_sending(issue=issue)
    Delivery.objects.update(state="sent", changed_at=timezone.now())

    assert 0.5 <= progress_of(sending).per_second <= 1


def test_an_issue_without_recipients_has_zero_percent(issue):
    progress = progress_of(issue)

    assert (progress.percent, progress.seconds_left) == (0, None)


def test_waking_twice_leaves_one_job_waiting():
    delete_jobs()

    wake()
    wake()

    assert ProcrastinateJob.objects.filter(queueing_lock=LOCK, status="todo").count() == 1


def test_the_database_identity_is_stored_before_the_first_issue():
    assert sending_gate.is_open() is True

    assert SendingGate.objects.get().identity == identity()
