"""Wakes the worker that sends as soon as it has time, rather than at the next full minute."""

from contextlib import suppress

from django.db import transaction
from procrastinate import exceptions
from procrastinate.contrib.django import app

TASK = "newsletter.send_newsletter"
QUEUE = "newsletter"
LOCK = "send_newsletter"  # at most one job waits


def wake():
    task = app.configure_task(TASK, queue=QUEUE, queueing_lock=LOCK)
    with suppress(exceptions.AlreadyEnqueued), transaction.atomic():  # a refusal is an error in SQL
        task.defer(timestamp=0)
