"""Readers with a browser each, over HTTP, while things break: the answers that they got."""

import http.client
import random
import time
from collections import Counter
from threading import Thread
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"
ENOUGH_VOTES = 10  # on a slow machine a browser goes on after its time, until it has cast so many


class Browser:
    """One reader. `known` is {tool: [what may be stored]} as in `load_test_readers.vote_at_random`."""

    def __init__(self, number, port, slugs):
        self.number, self.port, self.slugs = number, port, slugs
        self.cookie = ""
        self.known, self.statuses = {tool: [""] for tool in slugs}, Counter()

    @property
    def reader(self):
        return self.cookie.partition("=")[2].partition(":")[0]

    def vote_at_random(self, end, seed):
        dice = random.Random(f"{seed} {self.number}")
        while time.monotonic() < end or self.statuses[303] < ENOUGH_VOTES:
            tool, choice = dice.choice(list(self.slugs)), dice.choice(["ship", "skip", "skip", ""])
            if choice or self.cookie:
                self.press(tool, choice)

    def press(self, tool, choice):
        address = f"/tools/{self.slugs[tool]}/vote/" + ("" if choice else "withdraw/")
        fields = {"choice": choice} if choice else {}
        was_known = bool(self.cookie)
        status, _ = self.ask("POST", address, urlencode(fields))
        if status == 303:
            self.known[tool] = [choice]
        elif was_known:  # else nobody knows whose vote it was
            self.known[tool].append(choice)

    def ask(self, method, address, body=None):
        """(status, page); without an answer the status is 0."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Content-Type": FORM, "Origin": f"http://127.0.0.1:{self.port}"}
        headers |= {"Cookie": self.cookie} if self.cookie else {}
        try:
            connection.request(method, address, body, headers)
            response = connection.getresponse()
            page = response.read().decode()
        except (OSError, http.client.HTTPException):
            self.statuses[0] += 1
            return 0, ""
        finally:
            connection.close()
        self.statuses[response.status] += 1
        if response.status == 503:
            assert response.headers["Retry-After"]
        for given in response.headers.get_all("Set-Cookie", []):
            if given.startswith("reader="):
                self.cookie = given.partition(";")[0]
        return response.status, page


def browse(browsers, end, seed):
    """Start all; return the threads."""
    threads = [Thread(target=one.vote_at_random, args=(end, seed)) for one in browsers]
    for thread in threads:
        thread.start()
    return threads
