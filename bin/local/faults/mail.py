"""The mail server of the site that is broken: a real SMTP server in this process, on a port that stays."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from tests.newsletter.smtp_server import SmtpServer


class Mail:
    def __init__(self) -> None:
        self._start(port=0)
        self.port: int = self._server.port
        self._earlier: list[str] = []

    def stop(self) -> None:
        self._server.__exit__()

    def received(self) -> Counter[str]:
        """How many emails each address was sent."""
        return Counter([*self._earlier, *self._server.recipients()])

    @contextmanager
    def gone(self) -> Iterator[None]:
        self.stop()
        self._earlier += self._server.recipients()
        try:
            yield
        finally:
            self._start(port=self.port)

    @contextmanager
    def greeting_with(self, line: str) -> Iterator[None]:
        usual, self._server.greeting = self._server.greeting, line
        try:
            yield
        finally:
            self._server.greeting = usual

    @contextmanager
    def answering_recipients_with(self, line: str) -> Iterator[None]:
        self._server.every_rcpt = line
        try:
            yield
        finally:
            self._server.every_rcpt = ""

    def _start(self, port: int) -> None:
        self._server = SmtpServer(port=port, misbehave=False)
        self._server.__enter__()
