"""What has to be well for the site to serve readers, and for the worker's work to get done."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from config.backup.models import LastBackup
from dump.published import dump_made_at
from newsletter.delivery.sending_gate import is_restored_copy
from newsletter.delivery.sending_status import describe_progress
from newsletter.models import Delivery, Issue, SendingGate
from web.heartbeats import seconds_since_heartbeat
from web.replica_monitor import monitor

logger = logging.getLogger(__name__)
# In seconds. A worker writes a heartbeat every 10, and has other jobs to do before one that is due.
WORKER_SILENT, JOB_OVERDUE = 60, 15 * 60
# One is made every day.
BACKUP_OLD = DUMP_OLD = timedelta(hours=26)
# More are not counted.
MOST_COUNTED = 1000
MOST_ISSUES = 5
START_WORKER = "Start manage.py procrastinate worker under a supervisor that restarts it."
RESUME_SENDING = "Remove the cause, then resume it in the admin (Newsletter, Sending gate)."

RESOLVE_UNCERTAIN = (
    "In the admin, filter Newsletter, Deliveries by the state Uncertain, open the page of each issue named there, and "
    "choose Resolve uncertain deliveries."
)
PUBLISH_DUMP = (
    "Run manage.py publish_dump as the user of the worker, and check that the worker runs."
)
MAKE_BACKUP = "Run manage.py backup now, and check that the worker runs: it makes one each day."


@dataclass(frozen=True)
class Finding:
    """One part of the installation: how it is, in words, and whether somebody has to do something about it.

    `hint` says what, as whole sentences. `is_note`: a person should know it, though the part is well. `figure` is what
    `/metrics` prints of it: seconds, a count, or 1 and 0.
    """

    part: str
    text: str
    is_well: bool = True
    hint: str = ""
    is_note: bool = False
    figure: float | None = None


NO_DATABASE = Finding(
    "database",
    "does not answer",
    is_well=False,
    hint="Check that Postgres runs, and the host, user, password and name in DATABASE_URL.",
)

type Check = Callable[[], Finding]


def database() -> Finding:
    value_of("SELECT 1")
    return Finding("database", "answers")


def migrations() -> Finding:
    missing = _shipped_migrations() - MigrationRecorder(connection).applied_migrations().keys()
    if missing:
        first, *others = (f"{app}.{name}" for app, name in sorted(missing))
        names = f"{first} and {len(others)} more" if others else first
        return Finding(
            "migrations", f"not applied: {names}", is_well=False, hint="Run manage.py migrate."
        )
    return Finding("migrations", "all applied")


def replica() -> Finding:
    """Not ill without its replica: reads then go to the primary."""
    if "replica" not in settings.DATABASES:
        return Finding("replica", "none")
    return Finding(
        "replica", "is read" if monitor.shows(None) else "away or behind, the primary is read"
    )


def worker() -> Finding:
    seconds = seconds_since_heartbeat()
    if seconds is None:
        return Finding("worker", "none has run", is_well=False, hint=START_WORKER)
    return Finding(
        "worker",
        f"last heartbeat {seconds:.0f} s ago",
        is_well=seconds < WORKER_SILENT,
        hint=START_WORKER,
        figure=seconds,
    )


def due_jobs() -> Finding:
    seconds = value_of("""
        SELECT extract(epoch FROM now() - greatest(job.scheduled_at, (
            SELECT max(at) FROM procrastinate_events WHERE job_id = job.id AND type IN ('deferred', 'deferred_for_retry')
        )))
        FROM procrastinate_jobs AS job
        WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()) ORDER BY id LIMIT 1
    """)
    if seconds is None:
        return Finding("due jobs", "none", figure=0)
    return Finding(
        "due jobs",
        f"the oldest is due for {seconds:.0f} s",
        is_well=seconds < JOB_OVERDUE,
        hint="Look at the log of the worker, or start another worker.",
        figure=seconds,
    )


def failed_jobs() -> Finding:
    count = _count("SELECT FROM procrastinate_jobs WHERE status = 'failed'")
    return Finding(
        "failed jobs",
        str(count),
        is_well=not count,
        hint="The start page of the admin counts them and can try them again.",
        figure=count,
    )


def sending() -> Finding:
    gate = SendingGate.objects.filter(pk=1).first()
    if gate and is_restored_copy(gate):
        return _stopped("this may be a restored copy of the database")
    if gate and gate.trip_reason:
        return _stopped(gate.trip_reason)
    if gate and gate.is_paused:
        reason = f": {gate.pause_reason}" if gate.pause_reason else ""
        text = f"paused until {gate.paused_until:%H:%M:%S} UTC{reason}"
        return Finding("sending", text, figure=0)
    return Finding("sending", "open", figure=1)


def _stopped(reason: str) -> Finding:
    text = f"stopped: {reason}"
    return Finding("sending", text, is_well=False, hint=RESUME_SENDING, figure=0)


def issues() -> Finding:
    """What is being sent, how fast, and for how long still. Counts deliveries, so it is not for everybody."""
    sent = Issue.objects.filter(state=Issue.State.SENDING).defer("content", "intro")[:MOST_ISSUES]
    text = "; ".join(describe_progress(issue) for issue in sent)
    return Finding("issues", text or "none is being sent")


def deliveries() -> Finding:
    uncertain = Delivery.objects.filter(state=Delivery.State.UNCERTAIN)[:MOST_COUNTED].count()
    return Finding(
        "deliveries",
        f"{uncertain} uncertain",
        is_well=not uncertain,
        hint=RESOLVE_UNCERTAIN,
        figure=uncertain,
    )


def last_backup() -> Finding:
    if not settings.BACKUP_DIR:
        return Finding("last backup", "not scheduled")
    last = LastBackup.objects.filter(pk=1).first() or LastBackup()
    problem = f"; the last attempt failed: {last.problem}" if last.problem else ""
    if last.taken_at is None:
        return Finding(
            "last backup", f"none has been made{problem}", is_well=False, hint=MAKE_BACKUP
        )
    age = timezone.now() - last.taken_at
    how = f"{last.get_proof_display()}, {age / timedelta(hours=1):.0f} h old, {last.bytes} bytes"
    return Finding(
        "last backup",
        how + problem,
        is_well=age < BACKUP_OLD,
        hint=MAKE_BACKUP,
        figure=age.total_seconds(),
    )


def last_dump() -> Finding:
    if not settings.DATA_DIR:
        return Finding("last dump", "not scheduled")
    made_at = dump_made_at()
    if made_at is None:
        text = f"none is in {settings.DATA_DIR}"
        return Finding("last dump", text, is_well=False, hint=PUBLISH_DUMP)
    age = timezone.now() - made_at
    return Finding(
        "last dump",
        f"{age / timedelta(hours=1):.0f} h old",
        is_well=age < DUMP_OLD,
        hint=PUBLISH_DUMP,
        figure=age.total_seconds(),
    )


# For readers; and for what the worker does.
READY: Sequence[Check] = (database, migrations, replica)
WORK: Sequence[Check] = (
    worker,
    due_jobs,
    failed_jobs,
    sending,
    deliveries,
    last_backup,
    last_dump,
)
# For those who may see the parts, in addition to WORK.
WORK_DETAILS: Sequence[Check] = (issues,)


def findings(checks: Sequence[Check]) -> list[Finding]:
    """Return what the checks find; without the database only that."""
    try:
        return [_result_of(check) for check in checks]
    except (OperationalError, InterfaceError, ImproperlyConfigured):
        return [NO_DATABASE]  # ImproperlyConfigured: an address without the name of a database


def _result_of(check: Check) -> Finding:
    try:
        return check()
    except (OperationalError, InterfaceError):
        raise
    except DatabaseError as error:
        return _unreadable(check.__name__.replace("_", " "), " ".join(str(error).split()))


@cache
def _unreadable(part: str, error: str) -> Finding:
    """Return the finding of a check whose statement is wrong; it is logged once, not with each probe."""
    logger.error("The health check of %s failed: %s", part, error)
    hint = "Run manage.py migrate. If that changes nothing, this is a bug: please report it."
    return Finding(part, f"could not be read: {error}", is_well=False, hint=hint)


@cache
def _shipped_migrations() -> set[tuple[str, str]]:
    loader = MigrationLoader(None)
    return {key for key in loader.disk_migrations if key not in loader.replacements}


def _count(rows: str) -> int:
    return int(value_of(f"SELECT count(*) FROM ({rows} LIMIT {MOST_COUNTED}) AS counted"))  # noqa: S608 - our own


def value_of(statement: str) -> Any:
    """Return the first column of the first row; None without a row."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return row and row[0]
