"""Requests to the WSGI application as they are, without a test client that would put them right."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from django.db import connection

ORIGIN = "https://localhost"
FORM = "application/x-www-form-urlencoded"
WRITES = re.compile(
    r"\b(insert|update|delete|truncate|merge|call)\b|\b\w+_(consume|cast|withdraw)\w*\(", re.I
)


@dataclass(frozen=True)
class CrawlRequest:
    visitor: str
    method: str
    path: str  # percent-encoded
    query: str = ""
    body: bytes = b""
    content_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        question = f"?{self.query}" if self.query else ""
        text = f"{self.visitor}: {self.method} {self.path}{question}"
        if self.headers:
            text += f" {self.headers}"
        return text + (f" {self.content_type} {self.body[:800]!r}" if self.body else "")


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    cost: int  # SQL statements and their rows
    wrote: bool
    seconds: float

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")

    @property
    def is_refusal(self) -> bool:
        return self.status >= 400 or self.headers.get("location", "").startswith(
            "/admin/login/?next="
        )


class Meter:
    """Counts the SQL statements of a request and their rows."""

    def __init__(self) -> None:
        self.cost, self.wrote = 0, False

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        result = execute(sql, params, many, context)
        self.cost += 1 + max(context["cursor"].rowcount, 0)
        self.wrote = self.wrote or bool(WRITES.search(sql))
        return result


def send(application: Callable[..., Any], request: CrawlRequest, cookies: dict[str, str]) -> Answer:
    """Send `request` with the visitor's `cookies` and return the answer. Raises what the application raises."""
    started: list[Any] = []
    meter, begun = Meter(), time.perf_counter()
    with connection.execute_wrapper(meter):
        chunks = application(_environ(request, cookies), lambda *answer: started.append(answer))
        body = b"".join(chunks)
        if close := getattr(chunks, "close", None):
            close()
    status, headers = started[-1][:2]
    named = {name.lower(): value for name, value in headers}
    return Answer(
        int(status[:3]), named, body, meter.cost, meter.wrote, time.perf_counter() - begun
    )


def _environ(request: CrawlRequest, cookies: dict[str, str]) -> dict[str, Any]:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
        "QUERY_STRING": request.query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "HTTP_ORIGIN": ORIGIN,
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_X_FORWARDED_FOR": "192.0.2.7",
        "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "CONTENT_TYPE": request.content_type,
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(request.body),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    return environ | request.headers
