"""Requests as a browser sends them through nginx, one at a time, and driven by wrk."""

import gzip
import http.client
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bin.local.port import HOST
from bin.local.terminal import Problem

SCRIPT = Path(__file__).with_suffix(".lua")
CONNECTIONS = 16
SITE_URL = "https://127.0.0.1"
# What nginx adds to a request, and what a browser accepts.
HEADERS = {
    "Host": HOST,
    "X-Forwarded-For": "192.0.2.1",
    "X-Forwarded-Proto": "https",
    "Accept-Encoding": "gzip, br",
}


@dataclass(frozen=True)
class Request:
    """A `form` of the other choice is sent when the list of requests is driven a second time."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"
    form: str = ""


@dataclass(frozen=True)
class Answer:
    status: int
    etag: str
    size: int
    compressed: int
    took: float  # seconds


@dataclass(frozen=True)
class Load:
    """What wrk measured: requests a second, ms, and how many were answered wrongly or not at all."""

    rate: float
    p50: float
    p99: float
    requests: int
    refused: int
    broken: int


class Browser:
    """One connection that stays open, so that one thread of one web process answers."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection(HOST, port, timeout=60)

    def send(self, request: Request) -> Answer:
        headers = {**HEADERS, **request.headers}
        start = time.perf_counter()
        self._connection.request(request.method, request.path, request.form or None, headers)
        response = self._connection.getresponse()
        body = response.read()
        took = time.perf_counter() - start
        return Answer(
            response.status,
            response.headers["ETag"] or "",
            *_sizes(body, response.headers["Content-Encoding"] or ""),
            took,
        )

    def close(self) -> None:
        self._connection.close()


def size_of(port: int, request: Request) -> int:
    """Return the bytes of the uncompressed body."""
    plain = {**request.headers, "Accept-Encoding": "identity"}
    browser = Browser(port)
    try:
        return browser.send(Request(request.path, plain)).size
    finally:
        browser.close()


def drive(port: int, requests: Sequence[Request], *, seconds: int) -> Load:
    """Send the requests in turn on 16 connections."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        for request in requests:
            file.write("\t".join(_fields(request)) + "\n")
        file.flush()
        command = [find_wrk(), "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "30s"]
        command += ["-s", str(SCRIPT), f"http://{HOST}:{port}/", "--", file.name]
        done = subprocess.run(command, capture_output=True, text=True)
    return read_load(done.stdout, done.stderr)


def read_load(output: str, errors: str = "") -> Load:
    for line in output.splitlines():
        if line.startswith("{"):
            return Load(**json.loads(line))
    raise Problem(f"wrk failed: {(errors or output).strip() or 'it printed nothing'}.")


def find_wrk() -> str:
    if found := shutil.which("wrk"):
        return found
    raise Problem("wrk is not installed: run apt install wrk, then run this again.")


def as_json(requests: Sequence[Request]) -> list[dict[str, Any]]:
    return [asdict(request) for request in requests]


def _fields(request: Request) -> list[str]:
    headers = {**HEADERS, **request.headers}
    return [
        request.method,
        request.path,
        request.form,
        *(f"{name}: {value}" for name, value in headers.items()),
    ]


def _sizes(body: bytes, encoding: str) -> tuple[int, int]:
    """(plain, compressed) bytes; a plain body as nginx would compress it."""
    if encoding:
        return 0, len(body)
    return len(body), len(gzip.compress(body, 6))
