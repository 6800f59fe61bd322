"""Wakes the sending as soon as a worker has time, not only at the next full minute."""

import contextlib

from procrastinate import exceptions
from procrastinate.contrib.django import app

QUEUE = "newsletter"
LOCK = "send_newsletter"  # at most one job waits


def wake():
    task = app.configure_task("newsletter.tasks.send_newsletter", queue=QUEUE, queueing_lock=LOCK)
    with contextlib.suppress(exceptions.AlreadyEnqueued):
        task.defer(timestamp=0)
