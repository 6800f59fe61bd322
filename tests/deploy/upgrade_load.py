"""Readers who go on reading and voting while a site is upgraded."""

import http.client
import threading
import time
from collections import Counter
from itertools import count

FORM = "application/x-www-form-urlencoded"
READERS = 3
PAUSE = 0.02  # seconds between two requests of a reader


class Load:
    """Each thread reads two pages, and votes as somebody new: {status: how often}, and what failed otherwise.

    An acknowledged vote (303) must be in the database afterwards.
    """

    def __init__(self, port):
        self.port = port
        self.statuses, self.failures = Counter(), []
        self.acknowledged = 0
        self._numbers, self._lock, self._end = count(), threading.Lock(), threading.Event()
        self._threads = [threading.Thread(target=self._read_and_vote) for _ in range(READERS)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error):
        self._end.set()
        for thread in self._threads:
            thread.join()

    @property
    def requests(self):
        return self.statuses.total() + len(self.failures)

    @property
    def failed(self):
        return [*self.failures, *(status for status in self.statuses if status not in {200, 303})]

    def _read_and_vote(self):
        while not self._end.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            for _ in range(5):  # on a connection that is kept
                self._ask(connection, "GET", "/")
                self._ask(connection, "GET", "/tools/ada/")
                if self._ask(connection, "POST", "/tools/ada/vote/", "choice=ship") == 303:
                    with self._lock:
                        self.acknowledged += 1
            connection.close()

    def _ask(self, connection, method, path, body=None):
        time.sleep(PAUSE)
        number = next(self._numbers)
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        headers = {"Host": "localhost", "Origin": "http://localhost", "X-Forwarded-For": address}
        if body:
            headers["Content-Type"] = FORM
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            with self._lock:
                self.failures.append(repr(error))
            return None
        with self._lock:
            self.statuses[response.status] += 1
        return response.status
