"""Several actions at the same time, each with its own connection to Postgres."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from bookmarks.actions import TooManyBookmarks


def at_once(*actions):
    """Run all in threads that start together; return what each returned, or the error it raised."""
    start = Barrier(len(actions))

    def run(action):
        try:
            start.wait(10)
            return action()
        except TooManyBookmarks as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as threads:
        return list(threads.map(run, actions))
