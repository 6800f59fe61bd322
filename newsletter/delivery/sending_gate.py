"""Whether anything may be sent, by any worker, and how fast: one row that all of them look at."""

import logging
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from newsletter.delivery.database_identity import identity
from newsletter.delivery.wake_worker import wake
from newsletter.models import SendingGate

logger = logging.getLogger(__name__)
MOST_IN_DOUBT = 3  # failures in a row
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=15)

ACQUIRE_PERMITS = """
WITH gate AS (
    SELECT id, least(%(most)s, permits
        + %(rate)s * greatest(0, extract(epoch FROM clock_timestamp() - permits_at))) AS available
    FROM newsletter_sendinggate WHERE id = 1 FOR UPDATE
)
UPDATE newsletter_sendinggate AS stored
SET permits = gate.available - least(%(wanted)s, floor(gate.available)),
    permits_at = clock_timestamp()
FROM gate WHERE stored.id = gate.id
RETURNING least(%(wanted)s, floor(gate.available))
"""


def get_gate():
    """The one row, made if there is none."""
    return SendingGate.objects.get_or_create(pk=1)[0]


def is_open():
    """Whether anything may be sent just now."""
    stored = get_gate()
    is_closed = stored.paused_until and stored.paused_until > timezone.now()
    return not (stored.trip_reason or is_closed or is_restored_copy(stored))


def is_restored_copy(stored):
    """Whether this database is another one than that which sent last: a restored copy, maybe."""
    return stored.identity not in {"", identity()}


def acquire_permits(wanted, *, rate):
    """How many of `wanted` mails may go out now; at most `rate` a second over all workers."""
    with connection.cursor() as cursor:
        values = {"wanted": wanted, "rate": rate, "most": max(1.0, rate)}
        cursor.execute(ACQUIRE_PERMITS, values)
        row = cursor.fetchone()
        return int(row[0]) if row else 0


def pause(because, *, in_doubt=False):
    """The mail server is gone: nobody tries again for a while, longer each time. It opens by itself.

    But not when it took messages again and again and did not say whether it accepts them (`in_doubt`).
    """
    now = timezone.now()
    stored = get_gate()
    delay = min(LONGEST_PAUSE, FIRST_PAUSE * 2**stored.failures)
    # Several connections lose one server at once: that is one failure.
    counted = SendingGate.objects.filter(
        Q(paused_until=None) | Q(paused_until__lte=now), pk=1, failures=stored.failures
    ).update(failures=stored.failures + 1, paused_until=now + delay)
    if counted:
        logger.warning("The mail server is gone (%s); trying again in %s", because, delay)
    if in_doubt and stored.failures + 1 >= MOST_IN_DOUBT:
        trip(f"The mail server takes messages and does not answer: {because}")


def reset_failures():
    """The mail server answered."""
    SendingGate.objects.filter(pk=1, failures__gt=0).update(failures=0, paused_until=None)


def trip(because):
    """Stop everything until a person calls `resume`."""
    tripped = SendingGate.objects.filter(pk=1, trip_reason="").update(
        trip_reason=because[:300], tripped_at=timezone.now()
    )
    if tripped:
        logger.error("Nothing is mailed until a person says go: %s", because)


@transaction.atomic
def resume():
    """Allow sending again after a trip, or from a database that was restored. A person decides that."""
    SendingGate.objects.filter(pk=get_gate().pk).update(
        identity=identity(), trip_reason="", tripped_at=None, failures=0, paused_until=None
    )
    transaction.on_commit(wake)
