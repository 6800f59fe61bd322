"""How far the replica is behind, measured in the background once a second in each process.

A lag in seconds is not what the replica's clock says about its last transaction, which grows while nobody writes.
The primary's position in its log is noted every second; the replica is as late as the oldest noted position that
it has not replayed yet.
"""

import logging
import threading
from collections import deque
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections

from web.last_write import parse_position
from web.postgres import LimitedConnection, root_cause, wait_at_most

INTERVAL = 1.0  # seconds between two measurements
ANSWER_SECONDS = 1.0
VALID_SECONDS = 5.0  # an older measurement says nothing
PAUSE_SECONDS = 5.0  # how long the replica is left alone after it failed
MOST_NOTES = 600

PRIMARY_POSITION = "SELECT pg_current_wal_lsn()::text"
REPLICA_STATE = "SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn()::text"

logger = logging.getLogger(__name__)


class Lag:
    """The seconds by which a replica is behind, from positions that were noted with their time."""

    def __init__(self) -> None:
        self._notes: deque[tuple[float, int]] = deque()

    def note(self, position: int, at: float) -> None:
        """Note where the primary is. A failover may have put it back: later positions are of another timeline."""
        while self._notes and self._notes[-1][1] > position:
            self._notes.pop()
        if len(self._notes) < MOST_NOTES:
            self._notes.append((at, position))

    def seconds(self, replayed: int, now: float) -> float:
        while self._notes and self._notes[0][1] <= replayed:
            self._notes.popleft()
        return now - self._notes[0][0] if self._notes else 0.0


@dataclass(frozen=True)
class Measurement:
    is_usable: bool
    replayed: int
    at: float


NOTHING = Measurement(is_usable=False, replayed=0, at=0.0)


class ReplicaMonitor:
    """Says without a query whether the replica can be read. The first question starts the measuring thread."""

    def __init__(self) -> None:
        self._latest = NOTHING
        self._paused_until = 0.0
        self._lag = Lag()
        self._thread: threading.Thread | None = None
        self._start = threading.Lock()

    def shows(self, position: int | None) -> bool:
        """Whether the replica can be read, and has replayed the log up to `position` (None: any will do)."""
        if self._thread is None:
            self._start_once()
        latest, now = self._latest, monotonic()
        return (
            latest.is_usable
            and latest.at > now - VALID_SECONDS
            and now >= self._paused_until
            and (position is None or position <= latest.replayed)
        )

    def pause(self, reason: BaseException) -> None:
        """Leave the replica alone for some seconds, because a request could not read from it."""
        now = monotonic()
        if now >= self._paused_until:
            first_line = str(root_cause(reason)).partition("\n")[0]
            logger.warning("The replica is not read for %d s: %s", PAUSE_SECONDS, first_line)
        self._paused_until = now + PAUSE_SECONDS

    def _start_once(self) -> None:
        with self._start:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._measure_forever, name="replica-monitor", daemon=True
                )
                self._thread.start()

    def _measure_forever(self) -> None:
        primary, replica = Server("default"), Server("replica")
        while True:
            with wait_at_most(ANSWER_SECONDS):
                self._measure(replica)
                if row := primary.row(PRIMARY_POSITION):
                    self._lag.note(parse_position(row[0]) or 0, monotonic())
            sleep(INTERVAL)

    def _measure(self, replica: "Server") -> None:
        is_replica, text = replica.row(REPLICA_STATE) or (False, None)
        replayed, now = parse_position(text or "") or 0, monotonic()
        lag = self._lag.seconds(replayed, now)
        is_usable = bool(is_replica) and lag <= settings.DATABASE_REPLICA_MAX_LAG
        if is_usable != self._latest.is_usable:
            why_not = (
                "" if is_replica else replica.error or "it does not replay another server's log"
            )
            state = "read" if is_usable else "not read"
            logger.warning("The replica is %s: %s", state, why_not or f"{lag:.1f} s behind")
        self._latest = Measurement(is_usable, replayed, now)


class Server:
    """The monitor's own connection to a server: it takes none from the pool of the requests."""

    def __init__(self, alias: str) -> None:
        self._alias = alias
        self._connection: LimitedConnection | None = None
        self.error = ""

    def row(self, query: str) -> tuple[Any, ...] | None:
        """Return the row of the answer; None if the server could not be asked, and `error` says why."""
        try:
            if self._connection is None or self._connection.closed:
                self._connection = self._connect()
            self.error = ""
            return self._connection.execute(query.encode()).fetchone()
        except psycopg.Error as error:
            self.error = str(error).partition("\n")[0]
            if self._connection is not None:
                self._connection.close()
            return None

    def _connect(self) -> LimitedConnection:
        parameters = connections[self._alias].get_connection_params()
        parameters |= {"connect_timeout": 2, "context": None, "cursor_factory": None}
        return LimitedConnection.connect(**parameters, autocommit=True)


monitor = ReplicaMonitor()
