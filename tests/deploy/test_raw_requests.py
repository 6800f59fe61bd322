"""Bytes that are hardly HTTP, sent to the shipped gunicorn: never 5xx, one line of the log each, and no traceback."""

import random
import socket

import pytest

from tests.deploy.site import collect_static, gunicorn, production

pytestmark = pytest.mark.django_db(transaction=True)
SEED = 12
CHANCES = 150

HEAD = b"Host: localhost\r\nConnection: close\r\n"
FORM = b"Origin: http://localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"


def get(path=b"/healthz/", headers=b""):
    return b"GET " + path + b" HTTP/1.1\r\n" + HEAD + headers + b"\r\n"


def post(headers, body=b"", path=b"/newsletter/"):
    return b"POST " + path + b" HTTP/1.1\r\n" + HEAD + headers + b"\r\n" + body


REQUESTS = {
    "a codec as charset": post(b"Content-Type: text/plain; charset*=utf-99'en'x\r\nContent-Length: 0\r\n"),
    "a charset that makes NULs": post(b"Content-Type: text/plain; charset=unicode_escape\r\nContent-Length: 0\r\n"),
    "a charset on a static file": get(b"/static/nowhere.css", b"Content-Type: a; charset=utf-7\r\n"),
    "a NUL in the path": get(b"/tools/%00/"),
    "a NUL in the query": get(b"/tools/?q=%00"),
    "a NUL in a field": post(FORM + b"Content-Length: 9\r\n", b"email=%00"),
    "a NUL as an escape of a cookie": get(b"/admin/", b'Cookie: sessionid="\\000\\000"\r\n'),
    "a NUL in a header": get(headers=b"X-A: a\0b\r\n"),
    "bytes that are no UTF-8": get(b"/\xff\xfe%ff%c0%80/?\xff", b"Cookie: \xff=\xfe\r\nReferer: \xff\r\n"),
    "another host": b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    "a long host": b"GET / HTTP/1.1\r\nHost: " + b"x." * 3000 + b"\r\nConnection: close\r\n\r\n",
    "a host that is none": b"GET / HTTP/1.1\r\nHost: a b\x1b[2J\r\nConnection: close\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
    "two hosts": get(headers=b"Host: evil.example\r\n"),
    "a path before the application": get(b"/", b"SCRIPT_NAME: /\xff\r\n"),
    "a path in the place of the path": get(b"/", b"PATH_INFO: /\xff\r\n"),
    "names with underscores": get(b"/", b"X_Forwarded_Proto: https\r\nCONTENT_LENGTH: 9\r\nREMOTE_USER: root\r\n"),
    "many parameters": get(b"/tools/?" + b"&".join([b"a=b"] * 1000)),
    "a long query": get(b"/tools/?q=" + b"a" * 4000),
    "a line that is too long": get(b"/" + b"a" * 20_000),
    "a header that is too long": get(headers=b"X-A: " + b"a" * 100_000 + b"\r\n"),
    "a header without a name": get(headers=b": a\r\n"),
    "a header that goes on": get(headers=b"X-A: a\r\n b\r\n"),
    "many headers": get(headers=b"".join(b"X-%d: a\r\n" % n for n in range(300))),
    "many cookies": get(b"/admin/login/", b"Cookie: " + b";".join([b'a="\\"'] * 1000) + b"\r\n"),
    "a method of its own": b"BREW / HTTP/1.1\r\n" + HEAD + b"\r\n",
    "two lengths": post(FORM + b"Content-Length: 5\r\nContent-Length: 6\r\n", b"a=bcde"),
    "a negative length": post(FORM + b"Content-Length: -5\r\n", b"a=bcde"),
    "a length in other digits": post(FORM + "Content-Length: ٥\r\n".encode(), b"a=bcde"),
    "an endless length": post(FORM + b"Content-Length: " + b"9" * 5000 + b"\r\n", b"a=bcde"),
    "a length and chunks": post(FORM + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
    "chunks that are none": post(FORM + b"Transfer-Encoding: chunked\r\n", b"zz\r\na=b\r\n0\r\n\r\n"),
    "half a form": post(FORM + b"Content-Length: 500\r\n", b"email=somebody@site.ex"),
    "half a file": post(
        b"Origin: http://localhost\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 500\r\n",
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a',
        b"/bookmarks/import/",
    ),
    "a long form": post(FORM + b"Content-Length: 600000\r\n", b"a=" + b"b" * 599_998),
    "a version from the future": b"GET / HTTP/9.9\r\n" + HEAD + b"\r\n",
    "no HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "ranges": get(b"/static/nowhere.css", b"Range: bytes=9-1,-5\r\nIf-Range: \xff\r\nIf-Modified-Since: 0\r\n"),
}  # fmt: skip
REFUSALS = {400, 404, 405, 413, 414, 422, 431}
HARMLESS = {
    "a path before the application", "a path in the place of the path", "names with underscores", "many parameters",
    "a long query", "many cookies",
}  # fmt: skip


# gunicorn closes the connection with the rest of the body unread, so that the answer can be lost on its way.
UNREAD = {"a long form"}


@pytest.fixture
def site(tmp_path):
    static = tmp_path / "collected"
    collect_static(static)
    with gunicorn(tmp_path, production(static)) as port:
        yield port, tmp_path / "gunicorn.log"


def send(port, data):
    """Return the status that the bytes are answered with; None where the connection is closed without an answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            answer = connection.recv(64)
        except OSError:
            return None
    return int(answer.split()[1]) if answer.startswith(b"HTTP/") else None


def lines_of_the_site(log, start):
    """The lines about requests, without those of the access log and of gunicorn's start."""
    text = log.read_text()[start:]
    return [
        line
        for line in text.splitlines()
        if " django." in line or "[ERROR]" in line or "Traceback" in line
    ]


def answer_and_lines(site, data):
    port, log = site
    start = len(log.read_text())
    return send(port, data), lines_of_the_site(log, start)


def test_bytes_that_are_hardly_http(site):
    for name, data in REQUESTS.items():
        status, lines = answer_and_lines(site, data)

        if status is None and name in UNREAD:
            continue
        assert status in ({200} if name in HARMLESS else REFUSALS), (name, status)
        assert len(lines) <= 1, (name, lines)
        assert "Traceback" not in "".join(lines), (name, lines)


def test_bytes_changed_by_chance(site):
    chance = random.Random(SEED)
    for number in range(CHANCES):
        name = chance.choice(list(REQUESTS))
        data = bytearray(REQUESTS[name])
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(min(len(data), 300))] = chance.randrange(256)
        status, lines = answer_and_lines(site, bytes(data))

        assert status is None or status < 500, (number, name, status)
        assert len(lines) <= 1 and "Traceback" not in "".join(lines), (number, name, lines)
