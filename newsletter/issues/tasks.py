"""Periodic jobs: draft the issues that are due, and send the deliveries that are due.

A job may be lost or run twice, because the deliveries record what was sent, not the job queue.
"""

from collections.abc import Callable
from threading import Lock

from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from newsletter.delivery import sending, sending_gate
from newsletter.delivery.wake_worker import LOCK, QUEUE, TASK, wake
from newsletter.issues import actions
from newsletter.issues.drafting import draft_due_issue
from newsletter.models import Cadence

SECONDS_PER_JOB = 300  # then other jobs get their turn
_sending = Lock()


# Every five minutes, so that a restarted worker drafts soon. When nothing is due, this is one query.
@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="draft_due_issues")
def draft_due_issues(timestamp: int) -> None:
    for cadence in Cadence:
        draft_due_issue(cadence=cadence, now=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name=TASK, queueing_lock=LOCK, queue=QUEUE, pass_context=True)
def send_newsletter(context: JobContext, timestamp: int) -> None:
    # When the worker is stopped, for example for an upgrade, each connection finishes its message first.
    send(should_stop=context.should_abort, worker=context.job.worker_id)


def send(*, should_stop: Callable[[], bool], worker: int | None = None) -> None:
    """Start scheduled issues and send until `should_stop()`. A process sends only once at a time."""
    actions.start_due_issues()
    if not _sending.acquire(blocking=False):
        return
    try:
        options = sending.Options.from_settings()
        has_more = sending_gate.is_open() and sending.send_due(
            options, seconds=SECONDS_PER_JOB, should_stop=should_stop, worker=worker
        )
    finally:
        _sending.release()
    if has_more:
        sending.retry_until_database_returns(wake)
    elif pause_end := sending_gate.pause_end():
        wake(at=pause_end)
