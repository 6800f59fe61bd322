"""Issues are drafted by themselves, once, and sent by themselves only where the operator wants it."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from newsletter.digest.default_copy import default_preheader, default_subject
from newsletter.issues.actions import schedule, start_due_issues
from newsletter.issues.drafting import NO_CHANGES, draft_due_issue, draft_issue_now
from newsletter.issues.tasks import draft_due_issues
from newsletter.models import Cadence, Issue
from tests.factories import make_reviewer
from tests.newsletter.digests import changed, digest_of, full_digest, name
from tests.newsletter.factories import make_issue
from tests.newsletter.ledger_factory import SINCE, UNTIL, old_tool, on, review
from tools.actions import unpublish_tool

pytestmark = pytest.mark.django_db

WEEK = timedelta(weeks=1)
WEEKLY, MONTHLY = Cadence.WEEKLY, Cadence.MONTHLY


@pytest.fixture(autouse=True)
def monday_at_eight(settings):
    settings.NEWSLETTER_WEEKDAY, settings.NEWSLETTER_HOUR = 0, 8
    settings.NEWSLETTER_TIME_ZONE = "UTC"
    settings.ALLOWED_HOSTS = ["127.0.0.1"]


@pytest.fixture
def ada():
    tool = old_tool("Ada")
    review(tool, (make_reviewer("Bo"), 80, "ship"), at=on(2))
    return tool


def draft(cadence=WEEKLY, now=UNTIL):
    return draft_due_issue(cadence=cadence, now=now)


def test_an_issue_is_drafted_when_it_is_due(ada):
    issue = draft()

    issue.refresh_from_db()
    assert (issue.cadence, issue.since, issue.until) == (WEEKLY, SINCE, UNTIL)
    assert (issue.state, issue.scheduled_for, issue.approved_by) == ("draft", None, None)
    assert (issue.subject, issue.preheader) == ("Ada: Ship", "")
    assert (issue.parts, issue.hold_reason) == (["new"], "")


def test_it_is_drafted_once(ada):
    draft()

    assert draft() is None
    assert draft(now=UNTIL + timedelta(days=6)) is None
    assert Issue.objects.count() == 1


def test_weekly_and_monthly_issues_are_independent(ada):
    draft()
    monthly = draft(MONTHLY)

    assert (monthly.since, monthly.until) == (SINCE - 4 * WEEK, SINCE)
    assert [issue.cadence for issue in Issue.objects.order_by("pk")] == ["weekly", "monthly"]


def test_an_issue_begins_where_the_previous_one_ended_whatever_its_state(ada):
    make_issue(since=SINCE - WEEK, until=SINCE + timedelta(hours=3), state="cancelled")

    assert draft().since == SINCE + timedelta(hours=3)


def test_a_worker_that_was_down_for_two_weeks_drafts_one_issue(ada):
    make_issue(since=SINCE - WEEK, until=SINCE)

    issue = draft(now=UNTIL + 2 * WEEK + timedelta(hours=5))

    assert (issue.since, issue.until) == (SINCE, UNTIL + 2 * WEEK)
    assert draft(now=UNTIL + 2 * WEEK + timedelta(hours=5)) is None


def test_a_draft_without_changes_says_so(settings):
    settings.NEWSLETTER_AUTOSEND = True

    issue = draft()

    assert (issue.state, issue.hold_reason) == ("draft", NO_CHANGES)


def test_with_autosend_an_issue_without_errors_is_scheduled_for_when_it_was_due(settings, ada):
    settings.NEWSLETTER_AUTOSEND = True

    issue = draft(now=UNTIL + timedelta(hours=2))

    issue.refresh_from_db()
    assert (issue.state, issue.scheduled_for, issue.approved_by) == ("scheduled", UNTIL, None)


def test_with_autosend_an_issue_with_errors_is_on_hold_with_a_reason(settings, ada):
    settings.NEWSLETTER_AUTOSEND = True
    settings.ALLOWED_HOSTS = ["elsewhere.example"]  # so none of its links leads anywhere

    issue = draft()

    issue.refresh_from_db()
    assert (issue.state, issue.scheduled_for) == ("draft", None)
    assert issue.hold_reason.startswith("Not sent automatically: HTML: Fix the link “")


def test_staff_may_draft_an_issue_before_it_is_due(ada):
    early = draft_issue_now(cadence=WEEKLY)

    assert early.until <= timezone.now()
    assert draft(now=early.until) is None
    assert draft(now=early.until + 2 * WEEK).since == early.until


def test_the_task_of_the_worker_drafts_what_is_due_of_each_cadence():
    draft_due_issues(timestamp=0)
    draft_due_issues(timestamp=0)

    assert {issue.cadence for issue in Issue.objects.all()} == {"weekly", "monthly"}
    assert Issue.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_concurrent_workers_draft_one_issue(ada):
    start, drafted = Barrier(4), []

    def work():
        start.wait()
        try:
            drafted.append(draft())
        finally:
            connection.close()

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert Issue.objects.count() == 1
    assert sorted(issue is None for issue in drafted) == [False, True, True, True]


# What a digest proposes


@pytest.mark.parametrize(
    "parts, subject",
    [
        ({"changed": (changed(1, "Ada"),)}, "Ada is now Ship"),
        ({"changed": (changed(1, "Ada", steps=("ship", "skip", "ship")),)}, "Ada is back to Ship"),
        ({"changed": (changed(1, "Ada"), changed(2))}, "Ada is now Ship, and 1 more change"),
        ({"new": full_digest().new}, "Tool 2: Skip"),
        ({"status": full_digest().status}, "Tool 3 is discontinued"),
        ({"other": full_digest().other}, "Tool 9: price"),
    ],
)
def test_the_default_subject_names_the_first_change_and_counts_the_rest(parts, subject):
    assert default_subject(digest_of(**parts)) == subject


def test_the_default_preheader_counts_the_changes():
    assert default_preheader(full_digest()) == (
        "1 changed verdict, 1 new verdict, 1 change of status, 1 other change. "
        "Most divisive: Tool 7."
    )


def test_default_texts_fit_with_long_names():
    long = changed(1, "A" * 300)
    digest = digest_of(changed=(long,) * 100, divisives=tuple(full_digest().divisives))

    assert default_subject(digest) == f"{'A' * 39}… is now Ship, and 99 more changes"
    assert len(default_preheader(digest)) <= 140


def test_names_are_not_escaped_in_the_default_subject():
    digest = digest_of(changed=(changed(1, tool=name(1, "A&B <C>")),))

    assert default_subject(digest) == "A&B <C> is now Ship"


def test_an_issue_of_an_unpublished_tool_has_no_changes(ada):
    unpublish_tool(tool=ada, reason="A duplicate.")

    assert draft().hold_reason == NO_CHANGES


# The moment that it goes out


def test_a_scheduled_issue_with_new_errors_is_on_hold_with_a_reason(ada):
    issue = draft()
    issue.intro = "See [Bea](/tools/bea/)."
    issue.save()
    schedule(issue=issue, at=UNTIL, staff=None)

    start_due_issues(now=UNTIL)

    issue.refresh_from_db()
    assert (issue.state, issue.scheduled_for) == ("draft", None)
    assert issue.hold_reason == (
        "Not sent: HTML: Fix the link “Bea” (http://127.0.0.1:8000/tools/bea/). "
        "The page does not exist (404)."
    )


def test_a_scheduled_issue_without_errors_is_sent_on_time(ada):
    issue = draft()
    schedule(issue=issue, at=UNTIL, staff=None)

    start_due_issues(now=UNTIL)

    issue.refresh_from_db()
    assert issue.state == "sending"
