"""Connections to Postgres that do not wait for ever, and pools that recover soon after it was away.

Postgres itself ends slow statements (`statement_timeout`), but a server that is silent (stopped, out of memory,
behind a broken network) ends nothing: only the client can stop waiting. The kernel's `tcp_user_timeout` covers a
machine that is gone, not a process that hangs: its kernel still acknowledges.
"""

import select
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import Any, ClassVar

import psycopg
from django.db import InterfaceError, OperationalError
from psycopg import errors
from psycopg.abc import PQGen
from psycopg_pool import ConnectionPool

UNAVAILABLE = (
    OperationalError,
    InterfaceError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
)
CHECK_AFTER = 1.0  # seconds after its last answer, a connection is checked before it is used
CHECK_SECONDS = 1.5  # an idle connection that does not answer by then is replaced
_longest_wait: ContextVar[float | None] = ContextVar("longest_wait", default=None)
_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)  # of `monotonic`


@contextmanager
def wait_at_most(seconds: float | None) -> Iterator[None]:
    """Limit each wait for an answer of Postgres in this thread; None for no limit. The shorter limit holds."""
    token = _longest_wait.set(_shortest(_longest_wait.get(), seconds))
    try:
        yield
    finally:
        _longest_wait.reset(token)


@contextmanager
def give_up_after(seconds: float) -> Iterator[None]:
    """Let no wait for an answer of Postgres in this thread last longer than `seconds` from now."""
    token = _deadline.set(monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def time_left() -> float | None:
    """Return the seconds until this thread gives up, 0 if it has; None if it never does."""
    deadline = _deadline.get()
    return None if deadline is None else max(deadline - monotonic(), 0.0)


class LimitedConnection(psycopg.Connection[Any]):
    """A connection that is closed, with an OperationalError, when an answer takes longer than its thread waits."""

    longest_wait: ClassVar[float | None] = None  # seconds, whatever the thread allows
    _answered_at = 0.0  # by the clock of `monotonic`

    @property
    def has_just_answered(self) -> bool:
        """Whether it needs no check: it answered within CHECK_AFTER, and the server has sent nothing since.

        Costs no round trip. A server that ends a connection says so and closes the socket, which is then readable.
        """
        if monotonic() - self._answered_at >= CHECK_AFTER:
            return False
        poll = select.poll()
        poll.register(self.pgconn.socket, select.POLLIN)
        return not poll.poll(0)

    def wait[Result](
        self, gen: PQGen[Result], interval: float = 0.1, timeout: float | None = None
    ) -> Result:
        result = self._wait(gen, interval, timeout)
        self._answered_at = monotonic()
        return result

    def _wait[Result](self, gen: PQGen[Result], interval: float, timeout: float | None) -> Result:
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        limit = _shortest(_longest_wait.get(), self.longest_wait, time_left())
        if limit is None:
            return super().wait(gen, interval)
        try:
            return super().wait(gen, interval, limit)
        except errors._WaitTimeout:
            # Its answer may still come: nobody may use this connection again.
            self.pgconn.finish()
            raise psycopg.OperationalError(
                f"Postgres did not answer within {limit:.3g} seconds"
            ) from None


class ReplicaConnection(LimitedConnection):
    """A connection to a server that another can replace: its readers do not wait long."""

    longest_wait = 2.0


def check_pooled(connection: LimitedConnection) -> None:
    """Check a connection that the pool is about to hand out; if it is dead, have all idle ones replaced.

    Under load that is no round trip: a connection that has just answered is not asked again.

    After a restart of Postgres all are dead. The pool would find them one by one, and pause 0, 1, 2, 4 … seconds
    between: that was the 7 seconds of the first request with four idle connections.
    """
    if connection.has_just_answered:
        return
    try:
        with wait_at_most(CHECK_SECONDS):
            ConnectionPool.check_connection(connection)
    except psycopg.Error:
        if isinstance(connection._pool, ConnectionPool):
            connection._pool.drain()
        raise


def connect_again(pool: ConnectionPool) -> None:
    """Start a new series of attempts to connect.

    The pool doubles the pause between the attempts of a series: Postgres would be found up to as many seconds
    after its return as it was away. Short series (`reconnect_timeout`) keep the pause at a second.
    """
    with wait_at_most(CHECK_SECONDS):
        pool.check()


def pool_options(
    *, max_size: int, timeout: float, connection_class: type[LimitedConnection]
) -> dict[str, Any]:
    """Return the `pool` of a Django database: a request waits `timeout` seconds for a connection at most."""
    return {
        "connection_class": connection_class,
        "min_size": 1,
        "max_size": max_size,
        "timeout": timeout,
        "check": check_pooled,
        "reconnect_timeout": 1,
        "reconnect_failed": connect_again,
    }


def is_unavailable(error: BaseException | None) -> bool:
    """Whether Postgres could not be reached or did not answer in time.

    Django wraps the driver's errors, and the job queue wraps them in its own; the driver's is the cause of both.
    """
    while error is not None:
        if isinstance(error, UNAVAILABLE):
            return True
        error = error.__cause__
    return False


def root_cause(error: BaseException) -> BaseException:
    """Return the error that all others were raised from, which says what happened."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _shortest(*limits: float | None) -> float | None:
    """Return the shortest of the limits; None is no limit."""
    return min((limit for limit in limits if limit is not None), default=None)
