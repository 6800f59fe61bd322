"""Start the sending job now, or when a pause is over, instead of at the next full minute."""

from contextlib import suppress
from datetime import datetime

from django.db import transaction
from procrastinate import exceptions
from procrastinate.contrib.django import app

from web.deferring import in_this_transaction

TASK = "newsletter.send_newsletter"
QUEUE = "newsletter"
LOCK = "send_newsletter"  # at most one job is queued
LATER_LOCK = (
    "send_newsletter_later"  # and at most one for the end of a pause, which keeps no other waiting
)


def wake(at: datetime | None = None) -> None:
    lock = LOCK if at is None else LATER_LOCK
    task = app.configure_task(TASK, queue=QUEUE, queueing_lock=lock, schedule_at=at)
    with suppress(exceptions.AlreadyEnqueued), transaction.atomic():  # refused with an SQL error
        in_this_transaction(task).defer(timestamp=0)
