"""Scheduled jobs: draft the issues that are due, and send what is due.

A job may be lost or run twice: what was sent is recorded in the deliveries, not in the queue.
"""

from threading import Lock

from django.utils import timezone
from procrastinate.contrib.django import app

from newsletter.delivery import sending, sending_gate
from newsletter.delivery.wake_worker import LOCK, QUEUE, TASK, wake
from newsletter.issues import actions
from newsletter.issues.drafting import draft_due_issue
from newsletter.models import Cadence

SLICE = 300  # seconds that one job sends for before it makes room for others
_sends_here = Lock()


# Every five minutes, so that a worker that was away drafts soon; usually nothing is due, which is one query.
@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="draft_due_issues")
def draft_due_issues(timestamp):
    for cadence in Cadence:
        draft_due_issue(cadence=cadence, now=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name=TASK, queueing_lock=LOCK, queue=QUEUE, pass_context=True)
def send_newsletter(context, timestamp):
    # A worker that is stopping (an upgrade) lets each connection finish its message first.
    send(is_over=context.should_abort)


def send(*, is_over):
    """Start scheduled issues and send what is due until `is_over()`. A process sends once at a time."""
    actions.start_what_is_due()
    if not _sends_here.acquire(blocking=False):
        return
    try:
        options = sending.Options.from_settings()
        has_more = sending_gate.is_open() and sending.send_due(
            options, seconds=SLICE, is_over=is_over
        )
    finally:
        _sends_here.release()
    if has_more:
        wake()
