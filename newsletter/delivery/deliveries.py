"""The ledger of deliveries: each arrow of its state machine is one statement here, and one commit.

queued → claimed → data → sent | rejected | queued again | uncertain, or skipped. Who claimed a row is
named by a claim token. Every later statement asks for that token, so a sender that slept past its lease
finds no row and drops its message. See docs/adr/0006.
"""

from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from psycopg import Cursor

from newsletter.delivery.outcome import DeliveryResult, Outcome

# After which a message is tried again, in minutes; after the last try (the fifth, a day later) it is rejected.
PAUSES = (5, 30, 3 * 60, 20 * 60)
LONGEST_REPLY = 300

# A database that is not the one that sent last sends nothing (`newsletter.delivery.database_identity`).
CLAIM = """
UPDATE newsletter_delivery AS delivery
SET state = 'claimed', claim = %(claim)s, changed_at = clock_timestamp(),
    lease_until = clock_timestamp() + %(lease)s::float * interval '1 second'
FROM (
    SELECT waiting.id FROM newsletter_delivery AS waiting
    JOIN newsletter_issue AS issue ON issue.id = waiting.issue_id
    JOIN newsletter_sendinggate AS gate ON gate.trip_reason = ''
        AND gate.identity = %(identity)s::text
        AND (gate.paused_until IS NULL OR gate.paused_until <= clock_timestamp())
    WHERE waiting.state = 'queued' AND issue.state = 'sending'
        AND waiting.next_try_at <= clock_timestamp()
    ORDER BY waiting.issue_id, waiting.next_try_at
    LIMIT %(most)s::int FOR UPDATE OF waiting SKIP LOCKED
) AS chosen
WHERE delivery.id = chosen.id
RETURNING delivery.id, delivery.issue_id, delivery.subscriber_id
"""

# What became of a message that was in our hands. Also of one that a reaper has called uncertain meanwhile:
# we have heard the reply that it could not wait for.
RECORD_RESULT = """
UPDATE newsletter_delivery SET state = %(state)s::text, code = %(code)s::int, reply = %(reply)s::text,
    claim = CASE WHEN %(state)s::text = 'uncertain' THEN claim END, lease_until = NULL,
    tries = tries - %(uncounted)s::int, changed_at = clock_timestamp(),
    next_try_at = clock_timestamp() + %(pause)s::float * interval '1 second'
WHERE id = %(recorded)s AND claim = %(recorded_claim)s AND state IN ('data', 'uncertain')
RETURNING 1
"""

# Everything that may have changed since the claim is asked in this one statement: the lease, the issue, the
# sending gate, and whether the reader is still subscribed.
BEGIN = """
UPDATE newsletter_delivery AS delivery
SET state = 'data', tries = tries + 1, changed_at = clock_timestamp(),
    lease_until = clock_timestamp() + %(lease)s::float * interval '1 second'
FROM newsletter_issue AS issue, newsletter_subscriber AS subscriber, newsletter_sendinggate AS gate
WHERE delivery.id = %(id)s AND delivery.claim = %(claim)s AND delivery.state = 'claimed'
    AND delivery.lease_until > clock_timestamp()
    AND issue.id = delivery.issue_id AND issue.state = 'sending'
    AND subscriber.id = delivery.subscriber_id AND subscriber.state = 'active'
    AND gate.trip_reason = ''
RETURNING delivery.tries
"""

# One commit for the end of a message and the beginning of the next.
RECORD_AND_BEGIN = f"WITH recorded AS ({RECORD_RESULT}) {BEGIN}"

# What was claimed and is not to be sent now. Also what we began, when we know that no message left us.
RELEASE = """
UPDATE newsletter_delivery AS delivery
SET claim = NULL, lease_until = NULL, changed_at = clock_timestamp(),
    tries = delivery.tries - CASE delivery.state WHEN 'data' THEN 1 ELSE 0 END,
    state = CASE WHEN now.skipped_because = '' THEN 'queued' ELSE 'skipped' END,
    reply = now.skipped_because
FROM (
    SELECT given.id, CASE
        WHEN issue.state = 'cancelled' THEN 'the issue was cancelled'
        WHEN subscriber.id IS NULL THEN 'the subscriber had their data deleted'
        WHEN subscriber.state <> 'active' THEN 'not subscribed any more: ' || subscriber.state
        ELSE %(because)s::text END AS skipped_because
    FROM newsletter_delivery AS given
    JOIN newsletter_issue AS issue ON issue.id = given.issue_id
    LEFT JOIN newsletter_subscriber AS subscriber ON subscriber.id = given.subscriber_id
    WHERE given.id = ANY (%(ids)s::uuid[])
) AS now
WHERE delivery.id = now.id AND delivery.claim = %(claim)s AND delivery.state IN ('claimed', 'data')
"""

# A lease ran out. What was only claimed was not offered to anybody; of the rest nobody can know, and its
# sender keeps the claim, in case it is only slow and hears the reply after all.
EXPIRE_LEASES = """
UPDATE newsletter_delivery AS delivery
SET claim = CASE delivery.state WHEN 'data' THEN claim END,
    lease_until = NULL, changed_at = clock_timestamp(),
    state = CASE WHEN delivery.state = 'data' THEN 'uncertain'
                 WHEN issue.state = 'cancelled' THEN 'skipped' ELSE 'queued' END,
    reply = CASE WHEN delivery.state = 'data' THEN 'its sender was not heard of again'
                 WHEN issue.state = 'cancelled' THEN 'the issue was cancelled' ELSE reply END
FROM newsletter_issue AS issue
WHERE issue.id = delivery.issue_id
    AND delivery.state IN ('claimed', 'data') AND delivery.lease_until < clock_timestamp()
"""

FINISH_ISSUES = """
UPDATE newsletter_issue AS issue SET state = 'sent', finished_at = clock_timestamp()
WHERE issue.state = 'sending' AND NOT EXISTS (
    SELECT 1 FROM newsletter_delivery AS delivery
    WHERE delivery.issue_id = issue.id AND delivery.state IN ('queued', 'claimed', 'data')
)
"""


@dataclass(frozen=True)
class Claimed:
    id: UUID
    issue_id: int
    subscriber_id: int | None
    claim: UUID


def claim(token, *, most, lease, identity):
    """Claim up to `most` deliveries that are due, for `lease` seconds; return them as Claimed."""
    rows = _rows(CLAIM, claim=token, most=most, lease=lease, identity=identity)
    return [Claimed(*row, token) for row in rows]


def begin(claimed, *, lease, after=None):
    """claimed → data. Returns how many times it was tried with this one, or None: it is not ours to send.

    `after` is (Claimed, Outcome, tries) of the message before, settled in the same commit.
    """
    values = {"id": claimed.id, "claim": claimed.claim, "lease": lease}
    if after is None:
        rows = _rows(BEGIN, **values)
    else:
        rows = _rows(RECORD_AND_BEGIN, **values, **_result_values(*after))
    return rows[0][0] if rows else None


def record_result(claimed, outcome, tries):
    """data → what `outcome` says. False when the row is somebody else's by now."""
    return bool(_rows(RECORD_RESULT, **_result_values(claimed, outcome, tries)))


def release(claimed, because=""):
    """Let go of these (of one claim), unsent: queued again, or skipped by who left, or `because`."""
    if not claimed:
        return
    ids = [each.id for each in claimed]
    _execute(RELEASE, ids=ids, claim=claimed[0].claim, because=because)


def expire_leases():
    """Take back what its sender's lease ran out of; return how many rows."""
    return _execute(EXPIRE_LEASES)


def finish_issues():
    """Call an issue sent when nothing of it is left to send; return how many."""
    return _execute(FINISH_ISSUES)


def _result_values(claimed, outcome, tries):
    state, pause, uncounted = _next(outcome, tries)
    return {
        "recorded": claimed.id,
        "recorded_claim": claimed.claim,
        "state": state,
        "code": outcome.code,
        "reply": outcome.words[:LONGEST_REPLY],
        "pause": pause,
        "uncounted": uncounted,
    }


def _next(outcome: Outcome, tries):
    """(state, seconds until it is due, tries not to be counted) after `tries` times."""
    match outcome.result:
        case DeliveryResult.ACCEPTED:
            return "sent", 0, 0
        case DeliveryResult.UNKNOWN:
            return "uncertain", 0, 0
        case DeliveryResult.NOT_TAKEN:  # the connection's fault, not the recipient's
            return "queued", 0, 1
        case DeliveryResult.DEFERRED if tries <= len(PAUSES):
            return "queued", 60 * PAUSES[tries - 1], 0
        case _:
            return "rejected", 0, 0


def _rows(statement, **values):
    with _cursor() as cursor:
        return cursor.execute(statement, values, prepare=True).fetchall()


def _execute(statement, **values):
    with _cursor() as cursor:
        return cursor.execute(statement, values, prepare=True).rowcount


@contextmanager
def _cursor():
    """Django's connection, but statements that Postgres plans once: planning is most of what they cost."""
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        yield cursor
