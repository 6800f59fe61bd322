"""The state machine of deliveries: each transition is one statement here, and one commit.

queued → claimed → data → sent | rejected | queued again | uncertain, or skipped. A sender holds a row by a
claim token and a lease. Every later statement checks the token, so a sender whose lease expired finds no
row and drops its message. See docs/adr/0006.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count
from psycopg import Cursor

from newsletter.delivery.outcome import DeliveryResult, Outcome
from newsletter.models import Delivery
from web.stalled_jobs import SECONDS_WITHOUT_HEARTBEAT

logger = logging.getLogger(__name__)

# Minutes until each new attempt. After the fifth attempt, a day later, the delivery is rejected.
RETRY_DELAYS = (5, 30, 3 * 60, 20 * 60)
MAX_REPLY = 300

# A restored copy of the database claims nothing (`newsletter.delivery.database_identity`).
# The rows are chosen in a CTE, which Postgres executes once. It may execute a subquery of UPDATE again for
# each row of the table, and SKIP LOCKED then skips what this statement has claimed: more than the limit.
# UPDATE promises no order. The rows come back in the order that they are due, so that a recipient whose turn
# ends the connection each time waits behind the others, and does not keep them from their turn.
CLAIM = """
WITH chosen AS MATERIALIZED (
    SELECT waiting.id FROM newsletter_delivery AS waiting
    JOIN newsletter_issue AS issue ON issue.id = waiting.issue_id
    JOIN newsletter_sendinggate AS gate ON gate.trip_reason = ''
        AND gate.identity = %(identity)s::text
        AND (gate.paused_until IS NULL OR gate.paused_until <= clock_timestamp())
    WHERE waiting.state = 'queued' AND issue.state = 'sending'
        AND waiting.next_try_at <= clock_timestamp()
    ORDER BY waiting.issue_id, waiting.next_try_at
    LIMIT %(limit)s::int FOR UPDATE OF waiting SKIP LOCKED
),
claimed AS (
    UPDATE newsletter_delivery AS delivery
    SET state = 'claimed', claim = %(claim)s, worker = %(worker)s::bigint, changed_at = clock_timestamp(),
        lease_until = clock_timestamp() + %(lease)s::float * interval '1 second'
    FROM chosen WHERE delivery.id = chosen.id
    RETURNING delivery.id, delivery.issue_id, delivery.subscriber_id, delivery.next_try_at
)
SELECT id, issue_id, subscriber_id FROM claimed ORDER BY issue_id, next_try_at
"""

# Also overwrites "uncertain": the lease expired, but this sender received the server's reply after all. It is not
# queued again then, because its issue may be finished: staff send rejected deliveries again.
RECORD_RESULT = """
UPDATE newsletter_delivery SET
    state = CASE WHEN state = 'uncertain' AND %(state)s::text = 'queued' THEN 'rejected' ELSE %(state)s::text END,
    code = %(code)s::int, reply = %(reply)s::text,
    claim = CASE WHEN %(state)s::text = 'uncertain' THEN claim END, lease_until = NULL,
    tries = tries - %(uncounted)s::int, changed_at = clock_timestamp(),
    next_try_at = clock_timestamp() + %(pause)s::float * interval '1 second'
WHERE id = %(recorded)s AND claim = %(recorded_claim)s AND state IN ('data', 'uncertain')
RETURNING 1
"""

# Checks everything that may have changed since the claim: the lease, the issue, the sending gate, and
# whether the reader is still subscribed.
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

# One commit for the result of a message and the start of the next.
RECORD_AND_BEGIN = f"WITH recorded AS ({RECORD_RESULT}) {BEGIN}"

# For claimed deliveries that are not sent now, and for started ones of which certainly nothing was sent.
# The rows are locked in the order of their ids.
RELEASE = """
WITH given AS MATERIALIZED (
    SELECT id, subscriber_id, state FROM newsletter_delivery
    WHERE id = ANY (%(ids)s::uuid[]) AND claim = %(claim)s AND state IN ('claimed', 'data')
    ORDER BY id FOR NO KEY UPDATE
),
now AS (
    SELECT given.id, given.state, CASE
        WHEN subscriber.id IS NULL THEN 'The subscriber deleted their data.'
        WHEN subscriber.state <> 'active' THEN format('No longer subscribed (%%s).', subscriber.state)
        ELSE %(reason)s::text END AS skipped_because
    FROM given LEFT JOIN newsletter_subscriber AS subscriber ON subscriber.id = given.subscriber_id
)
UPDATE newsletter_delivery AS delivery
SET claim = NULL, lease_until = NULL, changed_at = clock_timestamp(),
    tries = delivery.tries - CASE now.state WHEN 'data' THEN 1 ELSE 0 END,
    state = CASE WHEN now.skipped_because = '' THEN 'queued' ELSE 'skipped' END,
    reply = now.skipped_because
FROM now WHERE delivery.id = now.id
"""

# A lease ends with its time, or with the worker that holds it: one without a heartbeat was most likely killed.
# A claimed delivery was not transmitted, so it is queued again. One in state "data" may have arrived: it
# is uncertain, and its sender keeps the claim in case it is only slow and still receives the reply. A row that
# another session has locked is left for the next run: without waiting there is no deadlock.
EXPIRE_LEASES = """
WITH expired AS MATERIALIZED (
    SELECT held.id FROM newsletter_delivery AS held
    WHERE held.state IN ('claimed', 'data') AND (
        held.lease_until < clock_timestamp()
        OR held.worker IS NOT NULL AND NOT EXISTS (
            SELECT FROM procrastinate_workers WHERE id = held.worker
                AND last_heartbeat > clock_timestamp() - %(silence)s::float * interval '1 second'
        )
    )
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE newsletter_delivery AS delivery
SET claim = CASE delivery.state WHEN 'data' THEN claim END,
    lease_until = NULL, changed_at = clock_timestamp(),
    state = CASE delivery.state WHEN 'data' THEN 'uncertain' ELSE 'queued' END,
    reply = CASE delivery.state WHEN 'data' THEN 'The sender stopped before the server replied.' ELSE reply END
FROM expired WHERE delivery.id = expired.id
"""

# A statement that queues a delivery again cannot see that its issue is being cancelled at that moment. So every run
# of the sender ends with this one. A delivery that is being claimed returns to the queue, and is skipped then.
SKIP_CANCELLED = """
WITH chosen AS MATERIALIZED (
    SELECT waiting.id FROM newsletter_issue AS issue
    JOIN newsletter_delivery AS waiting ON waiting.issue_id = issue.id
    WHERE issue.state = 'cancelled' AND waiting.state = 'queued'
    FOR NO KEY UPDATE OF waiting SKIP LOCKED
)
UPDATE newsletter_delivery AS delivery
SET state = 'skipped', reply = 'The issue was cancelled.', changed_at = clock_timestamp()
FROM chosen WHERE delivery.id = chosen.id
"""

DONE = """
issue.state = 'sending' AND NOT EXISTS (
    SELECT 1 FROM newsletter_delivery AS delivery
    WHERE delivery.issue_id = issue.id AND delivery.state IN ('queued', 'claimed', 'data')
)
"""
# The lock is a statement of its own. A single UPDATE would wait for staff who queue rejected deliveries again, and then
# go on with the deliveries as it had seen them before: the issue would be sent, and its queue never.
LOCK_DONE_ISSUES = f"""
SELECT issue.id FROM newsletter_issue AS issue WHERE {DONE} ORDER BY issue.id FOR NO KEY UPDATE
"""  # noqa: S608 - made of constants of our own
FINISH_ISSUES = f"""
UPDATE newsletter_issue AS issue SET state = 'sent', finished_at = clock_timestamp()
WHERE issue.id = ANY (%(locked)s::bigint[]) AND {DONE}
RETURNING issue.id, issue.number
"""  # noqa: S608 - made of constants of our own


@dataclass(frozen=True)
class Claimed:
    id: UUID
    issue_id: int
    subscriber_id: int | None
    claim: UUID


def claim(
    token: UUID, *, limit: int, lease: float, identity: str, worker: int | None = None
) -> list[Claimed]:
    """Claim up to `limit` deliveries that are due, for `lease` seconds.

    `worker` is the id of procrastinate's worker that sends them, whose heartbeat the lease depends on.
    """
    rows = _rows(CLAIM, claim=token, limit=limit, lease=lease, identity=identity, worker=worker)
    return [Claimed(pk, issue, subscriber, token) for pk, issue, subscriber in rows]


def begin(
    claimed: Claimed, *, lease: float, after: tuple[Claimed, Outcome, int] | None = None
) -> int | None:
    """Move a delivery from claimed to data; return the number of this attempt.

    None: it may not be sent any more. `after` is (Claimed, Outcome, attempts) of the previous message,
    recorded in the same commit.
    """
    values = {"id": claimed.id, "claim": claimed.claim, "lease": lease}
    if after is None:
        rows = _rows(BEGIN, **values)
    else:
        rows = _rows(RECORD_AND_BEGIN, **values, **_result_values(*after))
    return rows[0][0] if rows else None


def record_result(claimed: Claimed, outcome: Outcome, tries: int) -> bool:
    """Move a delivery from data to its result. False when another sender holds the row."""
    return bool(_rows(RECORD_RESULT, **_result_values(claimed, outcome, tries)))


def release(claimed: list[Claimed], reason: str = "") -> None:
    """Give back unsent deliveries of one claim.

    They are queued again, or skipped if `reason` says why or their subscriber has left.
    """
    if not claimed:
        return
    ids = [each.id for each in claimed]
    _execute(RELEASE, ids=ids, claim=claimed[0].claim, reason=reason)


def expire_leases() -> int:
    """Take back the deliveries whose lease has expired; return how many."""
    return _execute(EXPIRE_LEASES, silence=SECONDS_WITHOUT_HEARTBEAT)


def skip_cancelled() -> int:
    """Skip what is queued of cancelled issues; return how many deliveries."""
    return _execute(SKIP_CANCELLED)


def finish_issues() -> int:
    """Mark issues as sent when all their deliveries are done, and log the results; return how many."""
    finished = _finish_done_issues()
    for issue_id, number in finished:
        logger.info("Issue %s is finished: %s", number, _results_of(issue_id))
    return len(finished)


@transaction.atomic
def _finish_done_issues() -> list[tuple]:
    locked = [issue_id for (issue_id,) in _rows(LOCK_DONE_ISSUES)]
    return _rows(FINISH_ISSUES, locked=locked) if locked else []


def _results_of(issue_id: int) -> str:
    """Return the number of deliveries by state, such as "1200 sent, 3 rejected"."""
    states = Delivery.objects.filter(issue=issue_id).values_list("state")
    counts = states.annotate(count=Count("pk")).order_by("-count", "state")
    return ", ".join(f"{count} {state}" for state, count in counts) or "no deliveries"


def _result_values(claimed: Claimed, outcome: Outcome, tries: int) -> dict[str, Any]:
    state, pause, uncounted = _next_state(outcome, tries)
    return {
        "recorded": claimed.id,
        "recorded_claim": claimed.claim,
        "state": state,
        "code": outcome.code,
        "reply": outcome.reply[:MAX_REPLY],
        "pause": pause,
        "uncounted": uncounted,
    }


def _next_state(outcome: Outcome, tries: int) -> tuple[str, int, int]:
    """Return (state, seconds until it is due, attempts not to count) after `tries` attempts."""
    match outcome.result:
        case DeliveryResult.ACCEPTED:
            return "sent", 0, 0
        case DeliveryResult.UNKNOWN:
            return "uncertain", 0, 0
        case DeliveryResult.INTERRUPTED:  # no attempt of this recipient's
            return "queued", 0, 1
        case DeliveryResult.DEFERRED if tries <= len(RETRY_DELAYS):
            return "queued", 60 * RETRY_DELAYS[tries - 1], 0
        case _:
            return "rejected", 0, 0


def _rows(statement: str, **values: Any) -> list[tuple]:
    with _cursor() as cursor:
        return cursor.execute(statement, values, prepare=True).fetchall()


def _execute(statement: str, **values: Any) -> int:
    with _cursor() as cursor:
        return cursor.execute(statement, values, prepare=True).rowcount


@contextmanager
def _cursor() -> Iterator[Cursor]:
    """Open a cursor for prepared statements: planning is most of what these statements cost."""
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        yield cursor
