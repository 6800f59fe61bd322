"""Bytes that no HTTP library would send, to gunicorn as it is shipped: no failure, no trace, no change."""

import socket

import pytest
from django.db import connection

from tests.deploy.site import collect_static, gunicorn, production
from tests.security.site_data import make_site_data

pytestmark = pytest.mark.django_db(transaction=True)

HOST = b"Host: localhost\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
ORIGIN = b"Origin: http://localhost\r\n"
VOTE = b"POST /tools/tool-a/vote/ HTTP/1.1\r\n" + HOST + ORIGIN + FORM

# Each with the statuses that may answer it; 0 is a connection closed without an answer.
REQUESTS: dict[str, tuple[bytes, set[int]]] = {
    "nothing": (b"", {0}),
    "empty lines": (b"\r\n\r\n\r\n", {0, 400}),
    "noise": (bytes(range(256)) * 4 + b"\r\n\r\n", {0, 400}),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200, {0, 400}),
    "HTTP/2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {0, 400, 505}),
    "HTTP/0.9": (b"GET /\r\n\r\n", {0, 400}),
    "a version of the future": (b"GET / HTTP/9.9\r\n" + HOST + b"\r\n", {0, 400, 505}),
    "only line feeds": (b"GET / HTTP/1.1\nHost: localhost\n\n", {0, 200, 400}),
    "half a request line": (b"GET /tools/", {0, 400}),
    "half a header": (b"GET / HTTP/1.1\r\nHost: loc", {0, 400}),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", {400}),
    "two hosts": (b"GET / HTTP/1.1\r\n" + HOST + b"Host: evil.example\r\n\r\n", {400}),
    "a host with a dot": (b"GET / HTTP/1.1\r\nHost: localhost.\r\n\r\n", {200, 400}),
    "a host with a NUL": (b"GET / HTTP/1.1\r\nHost: local\0host\r\n\r\n", {400}),
    "an absolute address": (b"GET http://evil.example/ HTTP/1.1\r\n" + HOST + b"\r\n", {200, 400}),
    "a NUL in the path": (b"GET /tools/\0/ HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "no UTF-8 in the path": (b"GET /tools/\xff\xfe/ HTTP/1.1\r\n" + HOST + b"\r\n", {400, 404}),
    "no UTF-8 in the query": (b"GET /tools/?q=\xff HTTP/1.1\r\n" + HOST + b"\r\n", {200, 400}),
    "a fragment": (b"GET /tools/#x HTTP/1.1\r\n" + HOST + b"\r\n", {200, 400, 404}),
    "a long path": (b"GET /" + b"a" * 5_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", {400, 404, 414}),
    "a long header": (b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 70_000 + b"\r\n\r\n", {0, 400, 431}),
    "many headers": (b"GET / HTTP/1.1\r\n" + HOST + b"X: y\r\n" * 500 + b"\r\n", {0, 400, 431}),
    "a header with a space": (b"GET / HTTP/1.1\r\n" + HOST + b"X Y : z\r\n\r\n", {400}),
    "a folded header": (b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n", {400}),
    "a header without a name": (b"GET / HTTP/1.1\r\n" + HOST + b": a\r\n\r\n", {400}),
    "an underscore for a hyphen": (
        b"GET / HTTP/1.1\r\n" + HOST + b"X_Forwarded_For: 1.2.3.4\r\n\r\n",
        {200, 400},
    ),
    "half a body": (VOTE + b"Content-Length: 500\r\n\r\nchoice=ship", {400}),
    "no length": (VOTE + b"\r\nchoice=ship", {400, 411, 422}),
    "a negative length": (VOTE + b"Content-Length: -1\r\n\r\nchoice=ship", {400}),
    "a length with a sign": (VOTE + b"Content-Length: +11\r\n\r\nchoice=ship", {400}),
    "a length that is no number": (VOTE + b"Content-Length: 1e1\r\n\r\nchoice=ship", {400}),
    "a huge length": (VOTE + b"Content-Length: 99999999999999999999\r\n\r\nx", {0, 400, 413}),
    "two lengths": (VOTE + b"Content-Length: 11\r\nContent-Length: 1\r\n\r\nchoice=ship", {400}),
    "a list of lengths": (VOTE + b"Content-Length: 11, 11\r\n\r\nchoice=ship", {400}),
    "length and chunks": (
        VOTE + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        {400, 422},
    ),
    "two encodings": (
        VOTE + b"Transfer-Encoding: chunked, identity\r\n\r\nb\r\nchoice=ship\r\n0\r\n\r\n",
        {400, 501},
    ),
    "an encoding with a tab": (VOTE + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n", {400, 501}),
    "half a chunk": (VOTE + b"Transfer-Encoding: chunked\r\n\r\nff\r\nchoice", {0, 400, 422}),
    "a chunk of no size": (VOTE + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n0\r\n\r\n", {0, 400, 422}),
    "a negative chunk": (VOTE + b"Transfer-Encoding: chunked\r\n\r\n-1\r\nx\r\n0\r\n\r\n", {0, 400, 422}),
    "a body that is no form": (
        b"POST /newsletter/ HTTP/1.1\r\n" + HOST + ORIGIN + FORM + b"Content-Length: 3\r\n\r\n\xff\0%",
        {400, 422},
    ),
    "half a file": (
        b"POST /bookmarks/import/ HTTP/1.1\r\n" + HOST + ORIGIN
        + b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 900\r\n\r\n"
        + b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n{',
        {400},
    ),
    "an expectation": (VOTE + b"Expect: 200-maybe\r\nContent-Length: 1\r\n\r\nx", {400, 417, 422}),
    "TRACE": (b"TRACE / HTTP/1.1\r\n" + HOST + b"\r\n", {405}),
    "an invented method": (b"BREW / HTTP/1.1\r\n" + HOST + b"\r\n", {405}),
    "a method with a space": (b"GE T / HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    "forged hops": (
        b"GET /me/ HTTP/1.1\r\n" + HOST + b"X-Forwarded-For: \xff, 1.2.3.4\r\nX-Forwarded-For: ::\r\n\r\n",
        {200, 204, 400},
    ),
    "a cookie of octal NULs": (
        b"GET /admin/ HTTP/1.1\r\n" + HOST + b'Cookie: sessionid="\\000\\000"\r\n\r\n',
        {400},
    ),
}  # fmt: skip

CHECKSUM = "SELECT md5(string_agg(row::text, '|' ORDER BY row::text)) FROM {} AS row"


def stored() -> dict[str, str]:
    """Return {table: checksum} of what readers write."""
    tables = ["votes_vote", "votes_tally", "bookmarks_bookmark", "accounts_reader"]
    tables += ["newsletter_subscriber", "newsletter_mailrequest"]
    with connection.cursor() as cursor:
        return {table: cursor.execute(CHECKSUM.format(table)).fetchone()[0] for table in tables}


def answer(port: int, request: bytes) -> int:
    """Send `request`, say that no more will come, and return the status of the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as one:
        one.sendall(request)
        one.shutdown(socket.SHUT_WR)
        try:
            line = one.makefile("rb").readline()
        except ConnectionResetError:
            return 0
    return int(line.split()[1]) if line.startswith(b"HTTP/1.") else 0


def test_gunicorn_answers_or_closes(tmp_path):
    make_site_data()
    static = tmp_path / "static"
    collect_static(static)
    before = stored()

    with gunicorn(tmp_path, production(static)) as port:
        statuses = {name: answer(port, request) for name, (request, _) in REQUESTS.items()}
        still_there = answer(port, b"GET /healthz/ HTTP/1.1\r\n" + HOST + b"\r\n")

    wrong = {name: status for name, status in statuses.items() if status not in REQUESTS[name][1]}
    assert wrong == {}
    assert still_there == 200
    assert stored() == before
    assert "Traceback" not in (tmp_path / "gunicorn.log").read_text()
