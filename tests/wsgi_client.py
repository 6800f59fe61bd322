"""The WSGI application as a server calls it: nothing of Django's test client in between."""

from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from wsgiref.util import setup_testing_defaults

from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from config.wsgi import application

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def text(self):
        return self.body.decode()

    def header(self, name):
        return dict(self.headers).get(name)


def ask(path="/", method="GET", body=b"", **environ):
    """Send a request. `environ` names its variables as WSGI does: HTTP_COOKIE, CONTENT_TYPE, QUERY_STRING."""
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "HTTP_HOST": "127.0.0.1",
        "HTTP_ORIGIN": "http://127.0.0.1:8000",
        "wsgi.input": BytesIO(body),
        "CONTENT_LENGTH": str(len(body)),
    } | environ
    setup_testing_defaults(environ)
    started = []
    with connection_of_the_test():
        answer = application(environ, lambda status, headers: started.append((status, headers)))
        content = b"".join(answer)
        answer.close()
    ((status, headers),) = started
    return Answer(int(status[:3]), headers, content)


@contextmanager
def connection_of_the_test():
    """As Django's test client: a request does not close the connection that the test's transaction is in."""
    for signal in [request_started, request_finished]:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in [request_started, request_finished]:
            signal.connect(close_old_connections)
