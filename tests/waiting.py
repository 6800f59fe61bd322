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


def start_until_it_waits(action):
    """Run `action` in a session of its own until it waits for a lock that this one holds; return its future."""
    with connection.cursor() as cursor:
        thread = ThreadPoolExecutor(1)
        future = thread.submit(_run_and_close, action)
        wait_until(lambda: future.done() or cursor.execute(WAITING).fetchone()[0])
    thread.shutdown(wait=False)
    assert not future.done(), "it waited for nothing"
    return future


def _run_and_close(action):
    try:
        return action()
    finally:
        connection.close()
