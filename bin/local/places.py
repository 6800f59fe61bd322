"""The paths in a clone, and the locks that keep two programs from interfering."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from bin.local.terminal import Problem, say

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
LOCAL = ROOT / ".local"
MAIL = LOCAL / "mail"  # the emails that the local mail server received


@contextmanager
def only_one(program: str) -> Iterator[None]:
    """Hold the lock of `program`. Raises Problem if the same program is already running in this clone."""
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
def one_at_a_time(purpose: str) -> Iterator[None]:
    """Wait until no other program in this clone does the same."""
    with _open_lock(purpose) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Waiting for another program in {ROOT} to finish: {purpose}.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _open_lock(name: str) -> TextIO:
    LOCAL.mkdir(exist_ok=True)
    # Not "w", which would empty the file before the lock is ours.
    return (LOCAL / f"{name}.lock").open("a+")
