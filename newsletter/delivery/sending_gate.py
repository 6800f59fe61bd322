"""The sending gate: a circuit breaker and a rate limit that all workers share, in one row.

It pauses while the mail server is unavailable and then resumes by itself. A refused login, failing TLS or
a mail server that never confirms trips it: nothing is sent until a person calls `resume`. It also blocks
sending from a restored copy of the database (`newsletter.delivery.database_identity`).
"""

import logging
import re
from datetime import datetime, timedelta
from functools import cache

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from newsletter.delivery.database_identity import identity
from newsletter.delivery.wake_worker import wake
from newsletter.models import SendingGate

logger = logging.getLogger(__name__)
MAX_UNANSWERED = 3  # failures in a row
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=15)

# A token bucket in one statement.
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


def without_addresses(reply: str) -> str:
    """Return a mail server's reply without email addresses: staff who may not view subscribers read it."""
    return re.sub(r"[^\s<>]+@[^\s<>]+", "…", reply)


def get_gate() -> SendingGate:
    """Return the single row. If it is missing, create it with the identity of this database."""
    gate = SendingGate.objects.filter(pk=1).first()
    return gate or SendingGate.objects.get_or_create(pk=1, defaults={"identity": identity()})[0]


def is_open() -> bool:
    """Return whether anything may be sent now."""
    gate = get_gate()
    if is_restored_copy(gate):
        _report_restored_copy(gate.identity)
        return False
    return not (gate.trip_reason or gate.is_paused)


def pause_end() -> datetime | None:
    """Return when the pause is over; None if there is none, and if sending is stopped until a person resumes it."""
    waiting = SendingGate.objects.filter(pk=1, trip_reason="", paused_until__gt=timezone.now())
    return waiting.values_list("paused_until", flat=True).first()


def is_restored_copy(gate: SendingGate) -> bool:
    """Return whether the gate was made in another database, so this may be a restored copy."""
    return gate.identity != identity()


@cache
def _report_restored_copy(last_identity: str) -> None:
    """Log it once in each process."""
    logger.error(
        "Nothing is sent until somebody resumes it: this may be a restored copy of the database that sends issues (%s).",
        last_identity,
    )


def acquire_permits(wanted: int, *, rate: float) -> int:
    """Return how many of `wanted` emails may be sent now: at most `rate` a second over all workers."""
    with connection.cursor() as cursor:
        values = {"wanted": wanted, "rate": rate, "most": max(1.0, rate)}
        cursor.execute(ACQUIRE_PERMITS, values)
        row = cursor.fetchone()
        return int(row[0]) if row else 0


def pause(reason: str, *, unanswered: bool = False) -> None:
    """Pause sending because the mail server is unavailable; each pause in a row is longer.

    `unanswered`: the server received a message and did not confirm it. Several of those in a row trip the
    gate, because each leaves a delivery uncertain.
    """
    now = timezone.now()
    gate = get_gate()
    delay = min(LONGEST_PAUSE, FIRST_PAUSE * 2**gate.failures)
    # Several connections that lose the server at the same time count as one failure.
    counted = SendingGate.objects.filter(
        Q(paused_until=None) | Q(paused_until__lte=now), pk=1, failures=gate.failures
    ).update(
        failures=gate.failures + 1,
        paused_until=now + delay,
        pause_reason=without_addresses(reason)[:300],
    )
    if counted:
        logger.warning("Mail server unavailable (%s). Sending is paused for %s", reason, delay)
    if unanswered and gate.failures + 1 >= MAX_UNANSWERED:
        trip(f"The mail server receives messages but does not confirm them: {reason}")


def reset_failures() -> None:
    """Record that the mail server answered."""
    SendingGate.objects.filter(pk=1, failures__gt=0).update(
        failures=0, paused_until=None, pause_reason=""
    )


def trip(reason: str) -> None:
    """Stop all sending until a person calls `resume`."""
    tripped = SendingGate.objects.filter(pk=1, trip_reason="").update(
        trip_reason=without_addresses(reason)[:300], tripped_at=timezone.now()
    )
    if tripped:
        logger.error("Sending is stopped until somebody resumes it: %s", reason)


@transaction.atomic
def resume() -> None:
    """Allow sending again after a trip, or from a restored copy. Only a person decides this."""
    SendingGate.objects.filter(pk=get_gate().pk).update(
        identity=identity(),
        trip_reason="",
        tripped_at=None,
        failures=0,
        paused_until=None,
        pause_reason="",
    )
    transaction.on_commit(wake)
