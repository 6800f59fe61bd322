"""Whether a worker runs: each writes a heartbeat every 10 seconds (procrastinate's default), whatever its jobs do."""

from django.db import connection

LAST_HEARTBEAT = """
SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers
"""


def seconds_since_heartbeat() -> float | None:
    """Return the age of the newest heartbeat of any worker; None if none has run. One query."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_HEARTBEAT)
        row = cursor.fetchone()
    return None if row is None or row[0] is None else float(row[0])
