"""Several deeds at the same moment, each with its own connection to Postgres."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from bookmarks.actions import TooManyBookmarks


def at_once(*deeds):
    """Run all in threads that start together; return what each returned, or the error it raised."""
    start = Barrier(len(deeds))

    def run(deed):
        try:
            start.wait(10)
            return deed()
        except TooManyBookmarks as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(run, deeds))
