"""What a request sees when Postgres restarts: errors, and the longest wait, per way of connecting.

    bin/manage shell < tests/bench/postgres_restart.py

A server of its own is stopped for some seconds and started again, while one thread asks `SELECT 1`
every 50 ms, opening and closing a connection the way Django does around each request.

With the pool a request waits for Postgres instead of failing. How long is the pool's own doing: it tries
again 1, 2, 4 … s after each failure, so about 0, 1, 3 and 7 s after the stop: a server that was away for
3.5 s may be found only after 7. The pool's `timeout` (5 s in the settings) is the longest that a reader waits.
"""

import tempfile
import time
from itertools import product
from pathlib import Path
from threading import Thread

from django.db import DatabaseError
from django.db.utils import ConnectionHandler

from bin.local.postgres_server import LocalServer, read_socket_folder

DOWN_FOR = [1.5, 3.5]  # seconds
WAYS = {
    "pool": {
        "CONN_HEALTH_CHECKS": False,
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 4, "timeout": 10}},
    },
    "pool, health checks": {
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 4, "timeout": 10}},
    },
    "persistent": {"CONN_MAX_AGE": 600},
    "persistent, health checks": {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True},
}


def ask_for(seconds, settings, answers):
    """Append (seconds since the start, seconds it took, the error's words or "") per request."""
    connection = ConnectionHandler({"default": settings})["default"]
    start = time.monotonic()
    while (began := time.monotonic()) - start < seconds:
        error = ""
        try:
            connection.close_if_unusable_or_obsolete()
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except DatabaseError as problem:
            error = str(problem).splitlines()[0]
        connection.close_if_unusable_or_obsolete()
        if "pool" in settings["OPTIONS"]:
            connection.close()
        answers.append((began - start, time.monotonic() - began, error))
        time.sleep(0.05)
    connection.close()
    if "pool" in settings["OPTIONS"]:
        connection.close_pool()


def measure(server, settings, down_for):
    answers = []
    asking = Thread(target=ask_for, args=[16, settings, answers])
    asking.start()
    time.sleep(1)
    server.stop()
    down_at = time.monotonic()
    time.sleep(down_for)
    server.start()
    up_after = time.monotonic() - down_at
    asking.join()
    return answers, up_after


def main():
    folder = Path(tempfile.mkdtemp()) / "postgres"
    server = LocalServer(folder)
    server.join()
    for (name, way), down_for in product(WAYS.items(), DOWN_FOR):
        settings = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "postgres",
            "USER": "postgres",
            "HOST": str(read_socket_folder(folder)),
            "OPTIONS": {},
        } | way
        answers, up_after = measure(server, settings, down_for)
        errors = sum(bool(error) for *_, error in answers)
        longest = max(took for _, took, _ in answers)
        print(
            f"{name:25} away for {up_after:.1f} s: {errors:3} errors, longest request {longest:.1f} s"
        )
    server.leave()


main()
