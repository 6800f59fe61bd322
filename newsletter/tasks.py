"""What wakes the sending. These jobs may be lost or run twice: what was sent stands in the deliveries."""

from threading import Lock

from procrastinate.contrib.django import app

from newsletter import actions, post_office, sending
from newsletter.waking import LOCK, QUEUE, wake

SLICE = 300  # seconds that one job sends for, before it makes room for others
_sends_here = Lock()


@app.periodic(cron="* * * * *")
@app.task(name="newsletter.tasks.send_newsletter", queueing_lock=LOCK, queue=QUEUE)
def send_newsletter(timestamp):
    """Start what is scheduled, and send what is due. A process sends once at a time."""
    actions.start_what_is_due()
    if not _sends_here.acquire(blocking=False):
        return
    try:
        options = sending.Options.from_settings()
        has_more = post_office.is_open() and sending.send_due(options, seconds=SLICE)
    finally:
        _sends_here.release()
    if has_more:
        wake()
