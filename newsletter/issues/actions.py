"""Actions of staff and of the schedule on an issue. Each locks the issue first and is idempotent.

The admin's own log records who did what; an issue stores only who approved it.
"""

import json
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from accounts.models import User
from newsletter.delivery import sending_gate
from newsletter.delivery.deliveries import skip_cancelled
from newsletter.delivery.issue_email import IssueEmail
from newsletter.delivery.wake_worker import wake
from newsletter.issues.issue_content import digest_of, issue_email_of
from newsletter.issues.preflight import errors_of, preflight
from newsletter.models import Delivery, Issue, SendingGate

State = Issue.State
# A scheduled issue that is later than this is not sent without a person.
MAX_DELAY = timedelta(hours=6)
NO_CHANGES = "Nothing to send: the change log has no changes for the chosen parts in this period."

# For this transaction only: an issue may have very many subscribers.
RAISE_STATEMENT_TIMEOUT = "SET LOCAL statement_timeout = '120s'"
QUEUE_DELIVERIES = """
INSERT INTO newsletter_delivery (id, issue_id, subscriber_id, state, tries, next_try_at, reply, changed_at)
SELECT gen_random_uuid(), %(issue)s, id, 'queued', 0, now(), '', now()
FROM newsletter_subscriber WHERE state = 'active' AND cadence = %(cadence)s
ON CONFLICT (issue_id, subscriber_id) DO NOTHING
"""


class EmptyIssue(Exception):
    """The chosen parts have no changes in the issue's period: nothing is sent."""


@transaction.atomic
def start_sending(*, issue: Issue, staff: User | None = None) -> Issue:
    """Freeze a draft or scheduled issue and queue a delivery per active subscriber of its cadence.

    Starting again changes nothing. Raises EmptyIssue.
    """
    stored = _lock_issue(issue)
    if not stored.is_editable:
        return stored
    digest = digest_of(stored)
    if digest is None:
        raise EmptyIssue(NO_CHANGES)
    SendingGate.objects.select_for_update().get(pk=sending_gate.get_gate().pk)
    stored.content = digest.to_json()
    stored.summary = IssueEmail(stored, digest).preheader
    stored.content_hash = content_hash(stored)
    # The lock on the sending gate's row makes the numbers consecutive.
    stored.number = (Issue.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    stored.published_at = timezone.now()
    stored.state, stored.hold_reason = State.SENDING, ""
    stored.approved_by = staff or stored.approved_by
    stored.save()
    with connection.cursor() as cursor:
        cursor.execute(RAISE_STATEMENT_TIMEOUT)
        cursor.execute(QUEUE_DELIVERIES, {"issue": stored.pk, "cadence": stored.cadence})
    transaction.on_commit(wake)
    return stored


def content_hash(issue: Issue) -> str:
    """Return the SHA-256 (hex) of everything in the issue that subscribers read."""
    content = [issue.subject, issue.preheader, issue.intro, issue.parts, issue.content]
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@transaction.atomic
def schedule(*, issue: Issue, at: datetime, staff: User | None) -> Issue:
    """Schedule a draft for `at`, or move a scheduled issue to another time."""
    stored = _lock_issue(issue)
    if stored.is_editable:
        stored.state, stored.scheduled_for, stored.approved_by = State.SCHEDULED, at, staff
        stored.hold_reason = ""
        stored.save()
    return stored


@transaction.atomic
def unschedule(*, issue: Issue, reason: str = "") -> Issue:
    """Turn a scheduled issue back into a draft; `reason` is for staff, if no person did it."""
    stored = _lock_issue(issue)
    if stored.state == State.SCHEDULED:
        stored.state, stored.scheduled_for, stored.approved_by = State.DRAFT, None, None
        stored.hold_reason = reason
        stored.save()
    return stored


def start_due_issues(now: datetime | None = None) -> None:
    """Start the scheduled issues that are due. One that is too late or has errors becomes a draft."""
    now = now or timezone.now()
    due = Issue.objects.filter(state=State.SCHEDULED, scheduled_for__lte=now)
    for pk in due.values_list("pk", flat=True):
        _start_due_issue(due.filter(pk=pk), now)


@transaction.atomic
def _start_due_issue(due: QuerySet[Issue], now: datetime) -> None:
    # Locked before it is checked: staff may be changing it, or its time. Then the next run looks again.
    issue = due.select_for_update(of=("self",), skip_locked=True).first()
    if issue is None:
        return
    if reason := _reason_to_hold(issue, now):
        unschedule(issue=issue, reason=reason)
        return
    try:
        start_sending(issue=issue)
    except EmptyIssue as error:
        unschedule(issue=issue, reason=str(error))


def _reason_to_hold(issue: Issue, now: datetime) -> str:
    """Return why a scheduled issue must not start automatically; "" when it may."""
    scheduled = issue.scheduled_for
    if scheduled and scheduled < now - MAX_DELAY:
        time = f"{scheduled:%-d %B %Y, %H:%M} UTC"
        return f"Not sent: it was scheduled for {time}, more than 6 hours ago."
    # Check again: a tool or a linked page may have been removed since staff checked the issue.
    issue_email = issue_email_of(issue)
    errors = errors_of(preflight(issue, issue_email)) if issue_email else []
    return f"Not sent: {errors[0]}"[:200] if errors else ""


@transaction.atomic
def pause(*, issue: Issue) -> Issue:
    """Stop sending the issue for now. Messages being transmitted at this moment still arrive."""
    return _change_state(issue, {State.SENDING}, State.PAUSED)


@transaction.atomic
def resume(*, issue: Issue) -> Issue:
    transaction.on_commit(wake)
    return _change_state(issue, {State.PAUSED}, State.SENDING)


@transaction.atomic
def cancel(*, issue: Issue) -> Issue:
    """End the issue permanently and skip the deliveries that were not sent."""
    stored = _change_state(
        issue, {State.DRAFT, State.SCHEDULED, State.SENDING, State.PAUSED}, State.CANCELLED
    )
    skip_cancelled()
    return stored


@transaction.atomic
def retry_rejected(*, issue: Issue) -> int:
    """Queue the rejected deliveries again; return how many. Unsubscribed readers are skipped later."""
    stored = _lock_issue(issue)
    if stored.state not in {State.SENDING, State.PAUSED, State.SENT}:
        return 0
    rejected = Delivery.objects.filter(issue=stored, state=Delivery.State.REJECTED)
    return _queue_again(stored, rejected)


@transaction.atomic
def resolve_uncertain(*, deliveries: QuerySet[Delivery], as_sent: bool, staff: User) -> int:
    """Resolve uncertain deliveries of one issue; return how many.

    `as_sent`: they arrived. Otherwise they are sent again, and readers who did receive the first email
    get a second one, so only a person may decide this.
    """
    stored = _lock_issue(deliveries[0].issue) if deliveries else None
    uncertain = Delivery.objects.filter(
        pk__in=[each.pk for each in deliveries], issue=stored, state=Delivery.State.UNCERTAIN
    )
    if stored is None:
        return 0
    if as_sent:
        return uncertain.update(
            state=Delivery.State.SENT,
            claim=None,
            reply=f"Marked as sent by {staff}."[:300],
            changed_at=timezone.now(),
        )
    return _queue_again(stored, uncertain)


def _queue_again(issue: Issue, deliveries: QuerySet[Delivery]) -> int:
    count = deliveries.update(
        state=Delivery.State.QUEUED,
        claim=None,
        tries=0,
        next_try_at=timezone.now(),
        changed_at=timezone.now(),
    )
    if count and issue.state == State.SENT:
        issue.state, issue.finished_at = State.SENDING, None
        issue.save(update_fields=["state", "finished_at"])
    transaction.on_commit(wake)
    return count


def _change_state(issue: Issue, before: set[str], after: str) -> Issue:
    stored = _lock_issue(issue)
    if stored.state in before:
        stored.state = after
        stored.scheduled_for = None
        stored.save(update_fields=["state", "scheduled_for"])
    return stored


def _lock_issue(issue: Issue) -> Issue:
    return Issue.objects.select_for_update(of=("self",)).get(pk=issue.pk)
