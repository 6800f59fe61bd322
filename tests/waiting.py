"""Waiting for an event, not for a time."""

import socket
import time

GIVE_UP_AFTER = 60


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
