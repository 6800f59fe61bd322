"""What staff, or the clock, do to an issue. Each locks the issue first and is idempotent.

Who pressed what is in the desk's own log; here only who said yes to an issue is kept.
"""

import json
from datetime import timedelta
from hashlib import sha256

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from newsletter.delivery import sending_gate
from newsletter.delivery.database_identity import identity
from newsletter.delivery.issue_email import IssueEmail
from newsletter.delivery.wake_worker import wake
from newsletter.digest.digest import build_digest
from newsletter.issues.preflight import errors_of, preflight
from newsletter.models import Delivery, Issue, SendingGate

State = Issue.State
# An issue that should have gone out longer ago than this waits for a person.
TOO_LATE = timedelta(hours=6)
NOTHING_TO_SAY = "Nothing to say: the ledger tells nothing new for its parts and its time."

# Raised for this transaction alone: an issue may have very many subscribers.
LONGER = "SET LOCAL statement_timeout = '120s'"
QUEUE = """
INSERT INTO newsletter_delivery (id, issue_id, subscriber_id, state, tries, next_try_at, reply, changed_at)
SELECT gen_random_uuid(), %(issue)s, id, 'queued', 0, now(), '', now()
FROM newsletter_subscriber WHERE state = 'active' AND cadence = %(cadence)s
ON CONFLICT (issue_id, subscriber_id) DO NOTHING
"""


class NothingToSay(Exception):
    """The issue's time and parts have no news: nothing is sent."""


@transaction.atomic
def start_sending(*, issue, staff=None):
    """Freeze a draft or scheduled issue and queue a delivery per active subscriber of its cadence.

    Starting again changes nothing. Raises NothingToSay; the issue then says so and stays a draft.
    """
    stored = _lock(issue)
    if not stored.is_open:
        return stored
    digest = frozen_digest(stored)
    if digest is None:
        raise NothingToSay(NOTHING_TO_SAY)
    gate = SendingGate.objects.select_for_update().get(pk=sending_gate.get_gate().pk)
    if not gate.identity:
        SendingGate.objects.filter(pk=gate.pk).update(identity=identity())
    stored.content = digest.to_json()
    stored.content_hash = content_hash(stored)
    # Numbers follow each other: whoever has the sending gate's row gives the next.
    stored.number = (Issue.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    stored.published_at = timezone.now()
    stored.state, stored.hold_reason = State.SENDING, ""
    stored.approved_by = staff or stored.approved_by
    stored.save()
    with connection.cursor() as cursor:
        cursor.execute(LONGER)
        cursor.execute(QUEUE, {"issue": stored.pk, "cadence": stored.cadence})
    transaction.on_commit(wake)
    return stored


def frozen_digest(issue):
    """The digest that `issue` would be sent with now, of its own parts; None when that is nothing."""
    digest = build_digest(issue.since, issue.until)
    return digest and digest.only(issue.parts)


def content_hash(issue):
    """SHA-256 (hex) over everything that a subscriber reads of the issue."""
    told = [issue.subject, issue.preheader, issue.intro, issue.parts, issue.content]
    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


@transaction.atomic
def schedule(*, issue, at, staff):
    """Let the issue start by itself at `at`; a draft, or one that was scheduled for another time."""
    stored = _lock(issue)
    if stored.is_open:
        stored.state, stored.scheduled_for, stored.approved_by = State.SCHEDULED, at, staff
        stored.hold_reason = ""
        stored.save()
    return stored


@transaction.atomic
def unschedule(*, issue, because=""):
    """Make a scheduled issue a draft again; `because` says why, when nobody asked for it."""
    stored = _lock(issue)
    if stored.state == State.SCHEDULED:
        stored.state, stored.scheduled_for, stored.approved_by = State.DRAFT, None, None
        stored.hold_reason = because
        stored.save()
    return stored


def start_what_is_due(now=None):
    """Start the scheduled issues whose time has come. One that is too late, or wrong, waits for a person."""
    now = now or timezone.now()
    for issue in Issue.objects.filter(state=State.SCHEDULED, scheduled_for__lte=now):
        if because := _why_not(issue, now):
            unschedule(issue=issue, because=because)
            continue
        try:
            start_sending(issue=issue)
        except NothingToSay as nothing:
            unschedule(issue=issue, because=str(nothing))


def _why_not(issue, now):
    """Why a scheduled issue must not start by itself; "" when it may."""
    if issue.scheduled_for < now - TOO_LATE:
        return f"It was to go out at {issue.scheduled_for:%d %B %Y %H:%M} UTC, too long ago."
    # Again: since somebody looked, a tool may have gone, or a page that the introduction links to.
    digest = build_digest(issue.since, issue.until)
    wrong = errors_of(preflight(issue, IssueEmail(issue, digest))) if digest else []
    return f"Not sent: {wrong[0]}"[:200] if wrong else ""


@transaction.atomic
def pause(*, issue):
    """Send no more of the issue. What is being handed over at this moment still arrives."""
    return _move(issue, {State.SENDING}, State.PAUSED)


@transaction.atomic
def resume(*, issue):
    transaction.on_commit(wake)
    return _move(issue, {State.PAUSED}, State.SENDING)


@transaction.atomic
def cancel(*, issue):
    """End the issue for good: what was not sent is skipped. There is no way back."""
    stored = _move(
        issue, {State.DRAFT, State.SCHEDULED, State.SENDING, State.PAUSED}, State.CANCELLED
    )
    Delivery.objects.filter(issue=stored, state=Delivery.State.QUEUED).update(
        state=Delivery.State.SKIPPED, reply="the issue was cancelled", changed_at=timezone.now()
    )
    return stored


@transaction.atomic
def retry_rejected(*, issue):
    """Queue again what the mail server refused; return how many. Who left since is skipped in their turn."""
    stored = _lock(issue)
    if stored.state not in {State.SENDING, State.PAUSED, State.SENT}:
        return 0
    rejected = Delivery.objects.filter(issue=stored, state=Delivery.State.REJECTED)
    return _queue_again(stored, rejected)


@transaction.atomic
def resolve_uncertain(*, deliveries, as_sent, staff):
    """Decide about uncertain deliveries (a queryset, of one issue); return how many.

    `as_sent`: they arrived. Otherwise they are sent again, and who got the first gets a second: only a
    person may want that.
    """
    stored = _lock(deliveries[0].issue) if deliveries else None
    uncertain = Delivery.objects.filter(
        pk__in=[each.pk for each in deliveries], issue=stored, state=Delivery.State.UNCERTAIN
    )
    if stored is None:
        return 0
    if as_sent:
        return uncertain.update(
            state=Delivery.State.SENT,
            claim=None,
            reply=f"settled as sent by {staff}"[:300],
            changed_at=timezone.now(),
        )
    return _queue_again(stored, uncertain)


def _queue_again(issue, deliveries):
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


def _move(issue, before, after):
    stored = _lock(issue)
    if stored.state in before:
        stored.state = after
        stored.scheduled_for = None
        stored.save(update_fields=["state", "scheduled_for"])
    return stored


def _lock(issue):
    return Issue.objects.select_for_update(of=("self",)).get(pk=issue.pk)
