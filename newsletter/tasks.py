"""What wakes the sending. These jobs may be lost or run twice: what was sent stands in the deliveries."""

from threading import Lock

from procrastinate.contrib.django import app

from newsletter import actions, post_office, sending
from newsletter.waking import LOCK, QUEUE, wake

SLICE = 300  # seconds that one job sends for, before it makes room for others
_sends_here = Lock()


@app.periodic(cron="* * * * *")
@app.task(
    name="newsletter.tasks.send_newsletter", queueing_lock=LOCK, queue=QUEUE, pass_context=True
)
def send_newsletter(context, timestamp):
    # A worker that is told to end (an upgrade) lets each connection finish its message first.
    send(is_over=context.should_abort)


def send(*, is_over):
    """Start what is scheduled, and send what is due until `is_over()`. A process sends once at a time."""
    actions.start_what_is_due()
    if not _sends_here.acquire(blocking=False):
        return
    try:
        options = sending.Options.from_settings()
        has_more = post_office.is_open() and sending.send_due(
            options, seconds=SLICE, is_over=is_over
        )
    finally:
        _sends_here.release()
    if has_more:
        wake()
