"""Waiting for an event, not for a time."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

GIVE_UP_AFTER = 60
WAITING = """
SELECT EXISTS (
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
)
"""


def wait_until(condition):
    """Ask again and again, for as long as a busy machine may need."""
    given_up = time.monotonic() + GIVE_UP_AFTER
    while not condition():
        assert time.monotonic() < given_up, "it never became true"
        time.sleep(0.05)


def answers(port):
    """Whether something on this machine listens on the port."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def in_another_session(action):
    """Run `action` in a session of its own, which must not wait for a lock that this one holds; return its result."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_close_after, action).result()


def _close_after(action):
    try:
        return action()
    finally:
        connection.close()


def start_until_it_waits(action):
    """Run `action` in a session of its own until it waits for a lock that this one holds; return its future."""
    future = start_until_it_waits_or_ends(action)
    assert not future.done(), "it waited for nothing"
    return future


def start_until_it_waits_or_ends(action):
    """Run `action` in a session of its own until it has ended or waits for a lock; return its future."""
    thread = ThreadPoolExecutor(1)
    future = thread.submit(_run_and_close, action)
    wait_until(lambda: future.done() or _something_waits())
    thread.shutdown(wait=False)
    return future


def _something_waits():
    with connection.cursor() as cursor:
        # Otherwise a transaction sees the same sessions again.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        return cursor.execute(WAITING).fetchone()[0]


def _run_and_close(action):
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '60s'")  # a busy machine takes its time to let go
        try:
            return action()
        finally:
            cursor.execute("RESET lock_timeout")  # the pool keeps the session
            connection.close()
