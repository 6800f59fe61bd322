"""Create draft issues when they are due. Staff approve and send them, unless NEWSLETTER_AUTOSEND is on."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from newsletter.digest.default_copy import default_parts, default_subject
from newsletter.digest.digest import build_digest
from newsletter.issues import actions
from newsletter.issues.issue_content import issue_email_of
from newsletter.issues.preflight import errors_of, preflight
from newsletter.issues.schedule import Timetable
from newsletter.models import Cadence, Issue

NO_CHANGES = "Nothing to send: the change log has no changes in this period."


@transaction.atomic
def draft_due_issue(*, cadence: Cadence, now: datetime) -> Issue | None:
    """Draft the issue of `cadence` that is due; None when none is due or another worker drafted it.

    With NEWSLETTER_AUTOSEND an issue without errors is scheduled for the time it was due. So one that is
    drafted more than 6 hours late is not sent without a person, as any scheduled issue that is too late.
    """
    period = Timetable.from_settings().period(cadence, now, covered_until(cadence))
    issue = period and _draft(cadence, *period)
    if issue and settings.NEWSLETTER_AUTOSEND and not issue.hold_reason:
        _schedule_automatically(issue)
    return issue


@transaction.atomic
def draft_issue_now(*, cadence: Cadence) -> Issue | None:
    """Draft an issue that covers the time until now; the next one that is due starts from there."""
    now = timezone.now()
    since = covered_until(cadence) or Timetable.from_settings().first_since(cadence, now)
    return _draft(cadence, since, now) if since < now else None


def covered_until(cadence: Cadence) -> datetime | None:
    """Return the end of the newest issue of `cadence`, whatever its state; None if there is none."""
    return Issue.objects.filter(cadence=cadence).aggregate(newest=Max("until"))["newest"]


def _draft(cadence: Cadence, since: datetime, until: datetime) -> Issue | None:
    """Create the issue; None when there is one for this period already."""
    digest = build_digest(since, until)
    defaults = {
        "until": until,
        "subject": default_subject(digest),
        "parts": default_parts(digest),
        "hold_reason": "" if digest else NO_CHANGES,
    }
    issue, is_new = Issue.objects.get_or_create(cadence=cadence, since=since, defaults=defaults)
    return issue if is_new else None


def _schedule_automatically(issue: Issue) -> None:
    errors = errors_of(preflight(issue, issue_email_of(issue)))
    if not errors:
        actions.schedule(issue=issue, at=issue.until, staff=None)
        return
    issue.hold_reason = f"Not sent automatically: {errors[0]}"[:200]
    issue.save(update_fields=["hold_reason"])
