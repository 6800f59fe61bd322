"""Where things are in a clone, and the locks that keep two programs out of each other's way."""

import fcntl
import os
from contextlib import contextmanager
from pathlib import Path

from bin.local.terminal import Problem, say

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
LOCAL = ROOT / ".local"
MAIL = LOCAL / "mail"  # what the local mail server got


@contextmanager
def only_one(program):
    """Hold the clone for `program`; a second one is told that the first is running."""
    with _open_lock(program) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            owner = lock.read().strip() or "just started"
            raise Problem(
                f"it is already running in {ROOT} (process {owner}): "
                "use that one, or stop it with Ctrl-C first."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


@contextmanager
def one_at_a_time(purpose):
    """Wait until nobody else in this clone does the same."""
    with _open_lock(purpose) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Waiting for another program in {ROOT} to end: {purpose}.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _open_lock(name):
    LOCAL.mkdir(exist_ok=True)
    # Not "w": the file must keep the owner's number until the lock is ours.
    return (LOCAL / f"{name}.lock").open("a+")
