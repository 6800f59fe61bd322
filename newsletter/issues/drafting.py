"""Issues are drafted by themselves when they are due. Sending is another matter: staff say yes."""

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from newsletter.delivery.issue_email import IssueEmail
from newsletter.digest.digest import build_digest
from newsletter.issues import actions
from newsletter.issues.default_copy import default_parts, default_preheader, default_subject
from newsletter.issues.preflight import errors_of, preflight
from newsletter.issues.schedule import Timetable
from newsletter.models import Issue

NOTHING_TO_SAY = "Nothing to say: the ledger tells of no change in its time."


@transaction.atomic
def draft_due_issue(*, cadence, now):
    """Draft the issue of the cadence that is due; returns it, or None when none is or another worker did.

    With NEWSLETTER_AUTOSEND it is scheduled for the moment that it was due, if nothing is wrong with it:
    one that is drafted hours late waits for a person, as every issue whose time has passed does.
    """
    period = Timetable.from_settings().period(cadence, now, told_until(cadence))
    issue = period and _draft(cadence, *period)
    if issue and settings.NEWSLETTER_AUTOSEND and not issue.hold_reason:
        _send_by_itself(issue)
    return issue


@transaction.atomic
def draft_issue_now(*, cadence):
    """Draft an issue up to now, before it is due; the one that is due next tells of the time after it."""
    now = timezone.now()
    since = told_until(cadence) or Timetable.from_settings().first_since(cadence, now)
    return _draft(cadence, since, now) if since < now else None


def told_until(cadence):
    """Where the newest issue of the cadence ends, whatever became of it; None when there is none."""
    return Issue.objects.filter(cadence=cadence).aggregate(newest=Max("until"))["newest"]


def _draft(cadence, since, until):
    """The new Issue, or None when one of this time is there already."""
    digest = build_digest(since, until)
    written = {
        "until": until,
        "subject": default_subject(digest),
        "preheader": default_preheader(digest),
        "parts": default_parts(digest),
        "hold_reason": "" if digest else NOTHING_TO_SAY,
    }
    issue, is_new = Issue.objects.get_or_create(cadence=cadence, since=since, defaults=written)
    return issue if is_new else None


def _send_by_itself(issue):
    wrong = errors_of(preflight(issue, IssueEmail(issue, build_digest(issue.since, issue.until))))
    if not wrong:
        actions.schedule(issue=issue, at=issue.until, staff=None)
        return
    issue.hold_reason = f"Not sent by itself: {wrong[0]}"[:200]
    issue.save(update_fields=["hold_reason"])
