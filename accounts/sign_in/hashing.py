"""Passwords are hashed with Argon2id, one at a time in a process, so that sign-ins leave processors to pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock

from django.contrib.auth.hashers import Argon2PasswordHasher

_hashing = Lock()
# One that hashes and one that waits. Each takes a thread of the process, which pages need too.
_places = BoundedSemaphore(2)


class HashingBusy(Exception):
    """Other passwords are being checked in this process."""

    retry_after = 1  # seconds


class PasswordHasher(Argon2PasswordHasher):
    """RFC 9106's second recommended parameters, but in one lane: a hash must not take several processors."""

    time_cost = 3
    memory_cost = 65_536  # KiB
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with _hashing:
            return str(super().encode(password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        with _hashing:
            return bool(super().verify(password, encoded))


@contextmanager
def hashing_place() -> Iterator[None]:
    """Raise HashingBusy at once, instead of waiting, where another request waits already."""
    if not _places.acquire(blocking=False):
        raise HashingBusy
    try:
        yield
    finally:
        _places.release()
