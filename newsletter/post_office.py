"""Whether anything may be sent, by any worker, and how fast: one row that all of them look at."""

import logging
from datetime import timedelta

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from newsletter.fence import identity
from newsletter.models import PostOffice

logger = logging.getLogger(__name__)
MOST_IN_DOUBT = 3  # failures in a row
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=15)

TAKE_PERMITS = """
WITH office AS (
    SELECT id, least(%(most)s, permits
        + %(rate)s * greatest(0, extract(epoch FROM clock_timestamp() - permits_at))) AS available
    FROM newsletter_postoffice WHERE id = 1 FOR UPDATE
)
UPDATE newsletter_postoffice AS stored
SET permits = office.available - least(%(wanted)s, floor(office.available)),
    permits_at = clock_timestamp()
FROM office WHERE stored.id = office.id
RETURNING least(%(wanted)s, floor(office.available))
"""


def office():
    """The one row, made if there is none."""
    return PostOffice.objects.get_or_create(pk=1)[0]


def is_open():
    """Whether anything may be sent just now."""
    stored = office()
    is_closed = stored.closed_until and stored.closed_until > timezone.now()
    return not (stored.halted_because or is_closed or is_fenced(stored))


def is_fenced(stored):
    """Whether this database is another one than that which sent last: a restored copy, maybe."""
    return stored.identity not in {"", identity()}


def take_permits(wanted, *, rate):
    """How many of `wanted` mails may go out now; at most `rate` a second over all workers."""
    with connection.cursor() as cursor:
        values = {"wanted": wanted, "rate": rate, "most": max(1.0, rate)}
        cursor.execute(TAKE_PERMITS, values)
        row = cursor.fetchone()
        return int(row[0]) if row else 0


def close_for_now(because, *, in_doubt=False):
    """The mail server is gone: nobody tries again for a while, longer each time. It opens by itself.

    But not when it took messages again and again and did not say whether it accepts them (`in_doubt`).
    """
    now = timezone.now()
    stored = office()
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2**stored.failures)
    # Several connections lose one server at once: that is one failure.
    counted = PostOffice.objects.filter(
        Q(closed_until=None) | Q(closed_until__lte=now), pk=1, failures=stored.failures
    ).update(failures=stored.failures + 1, closed_until=now + pause)
    if counted:
        logger.warning("The mail server is gone (%s); trying again in %s", because, pause)
    if in_doubt and stored.failures + 1 >= MOST_IN_DOUBT:
        halt(f"The mail server takes messages and does not answer: {because}")


def open_again():
    """The mail server answered."""
    PostOffice.objects.filter(pk=1, failures__gt=0).update(failures=0, closed_until=None)


def halt(because):
    """Stop everything until a person says go (`newsletter.actions.say_go`)."""
    halted = PostOffice.objects.filter(pk=1, halted_because="").update(
        halted_because=because[:300], halted_at=timezone.now()
    )
    if halted:
        logger.error("Nothing is mailed until a person says go: %s", because)
