"""Start the sending job now instead of at the next full minute."""

from contextlib import suppress

from django.db import transaction
from procrastinate import exceptions
from procrastinate.contrib.django import app

TASK = "newsletter.send_newsletter"
QUEUE = "newsletter"
LOCK = "send_newsletter"  # at most one job is queued


def wake() -> None:
    task = app.configure_task(TASK, queue=QUEUE, queueing_lock=LOCK)
    with suppress(exceptions.AlreadyEnqueued), transaction.atomic():  # refused with an SQL error
        task.defer(timestamp=0)
