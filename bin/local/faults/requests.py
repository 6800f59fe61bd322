"""Requests of readers, and what was answered."""

import http.client
import time
from dataclasses import dataclass, field
from threading import Lock
from urllib.parse import urlencode

from bin.local.port import HOST

FORM = "application/x-www-form-urlencoded"
LONGEST = 90  # seconds that a reader waits
SLOW = 2  # seconds, more than a site takes that is well
NO_ANSWER = 0


@dataclass(frozen=True)
class Answer:
    """`status` is NO_ANSWER where the connection was refused or cut. Times are by `time.monotonic`."""

    path: str
    status: int
    began: float
    ended: float
    cookie: str = ""

    @property
    def has_failed(self) -> bool:
        return self.status == NO_ANSWER or self.status >= 500

    @property
    def took(self) -> float:
        return self.ended - self.began

    @property
    def is_well(self) -> bool:
        return not self.has_failed and self.took < SLOW


@dataclass
class Log:
    """All answers, of any number of threads."""

    answers: list[Answer] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def add(self, answer: Answer) -> None:
        with self._lock:
            self.answers.append(answer)

    def since(self, moment: float) -> list[Answer]:
        """Return those that ended after `moment`: also those that were asked before."""
        with self._lock:
            return [answer for answer in self.answers if answer.ended >= moment]


class Client:
    """A reader at `network`, with a new connection for each request, as through nginx."""

    def __init__(self, port: int, network: str, log: Log) -> None:
        self.port, self.network, self.log = port, network, log
        self.cookie = ""

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def post(self, path: str, **fields: str) -> Answer:
        return self._ask("POST", path, urlencode(fields))

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        began = time.monotonic()
        status, cookie = self._answer(method, path, body)
        answer = Answer(path, status, began, time.monotonic(), cookie)
        self.log.add(answer)
        return answer

    def _answer(self, method: str, path: str, body: str | None) -> tuple[int, str]:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=LONGEST)
        headers = {"Content-Type": FORM, "X-Forwarded-For": self.network}
        headers |= {"Sec-Fetch-Site": "same-origin", "Origin": f"http://{HOST}:{self.port}"}
        headers |= {"Cookie": self.cookie} if self.cookie else {}
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            return NO_ANSWER, ""
        finally:
            connection.close()
        cookies = response.headers.get_all("Set-Cookie", [])
        readers = (each.partition(";")[0] for each in cookies if each.startswith("reader="))
        return response.status, next(readers, "")
