"""Headers, cookies and queries of chance: none of them is answered with 5xx, and each by one line of the log at most.

A seed makes the same requests again: FUZZ_SEED=7 FUZZ_REQUESTS=20000 bin/test tests/web/test_header_fuzz.py
"""

import os
import random

import pytest

from tests.factories import make_tool
from tests.wsgi_client import FORM, ask

pytestmark = pytest.mark.django_db
SEED = int(os.environ.get("FUZZ_SEED", "12"))
REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "600"))

PATHS = [
    "/", "/tools/", "/tools/ada/", "/tools/suggest/", "/compare/", "/compare/ada-vs-eda/", "/changes/", "/me/",
    "/bookmarks/", "/bookmarks/drawer/", "/bookmarks/import/", "/bookmarks/feed/x/", "/newsletter/", "/newsletter/link/",
    "/stack/", "/stack/check/", "/mcp/",
    "/newsletter/confirm/x/", "/newsletter/one-click/x/", "/newsletter/webhooks/mail/", "/healthz/", "/admin/",
    "/admin/login/", "/static/css/site.css", "/logos/abc-64.webp", "/nowhere/", "/preview/tools/1/", "/tools/ada/vote/", "/tools/ada/votes/", "/tools/ada/bookmark/", "/bookmarks/note/ada/",
]  # fmt: skip
HEADERS = [
    "HTTP_ACCEPT_ENCODING", "HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_FORWARDED", "HTTP_HOST", "HTTP_HX_BOOSTED",
    "HTTP_HX_CURRENT_URL", "HTTP_HX_HISTORY_RESTORE_REQUEST", "HTTP_HX_REQUEST", "HTTP_HX_TARGET", "HTTP_IF_MATCH",
    "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_NONE_MATCH", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_ORIGIN", "HTTP_RANGE",
    "HTTP_REFERER", "HTTP_SEC_FETCH_SITE", "HTTP_TRANSFER_ENCODING", "HTTP_USER_AGENT", "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REQUESTED_WITH", "CONTENT_TYPE", "CONTENT_LENGTH",
    "QUERY_STRING", "REMOTE_ADDR",
]  # fmt: skip
NAMES = [
    "sessionid",
    "csrftoken",
    "messages",
    "reader",
    "last_write",
    "ships",
    "q",
    "page",
    "tools",
    "sort",
    "w",
    "next",
]
PIECES = [
    "", "\0", "\x01", "\x1b[2J", "\x7f", "\x85", "\xff", "\xc3\x28", "\xe2\x80\xa8", "\xef\xbf\xbf", "%00", "%", "%zz",
    "%c0%80", "%e2%80%a8", "%2500", '"', "'", '"\\000"', "\\", ";", "=", ",", "&", "[", "[::1", "http://[", "//", "://",
    "*", "W/", '"*"', "bytes=", "bytes=9-1", "-1", "0", "9" * 30, "1e400", "NaN", "\xb2", "\xd9\xa3", "true", "null",
    "{" * 50, "[" * 50, "a" * 900, "é", "utf-8", "; charset=", "; boundary=", "*=utf-8''%00", "*=x'y'z", FORM,
    "multipart/form-data", "application/json", "text/html", "Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 99 Xxx 99999",
    "Sun, 06 Nov 0000 00:00:00 GMT", "127.0.0.1", "1.2.3.4, ", "::ffff:1.2.3.4%eth0", "evil.example", "localhost:99999",
    "gzip;q=", "identity;q=0", "br", "Basic ", "Bearer ", "OTowOjA=", "../", "' OR 1=1", "<script>", "$gt", "a-vs-b",
]  # fmt: skip
BODIES = [
    b"",
    b"a=b",
    b"%00=%00",
    b"--x\r\n",
    b"\xff" * 300,
    b"{" * 3000,
    b'{"a":"\\u0000"}',
    b"tool=1&verdict=ship",
]


def text_of(chance):
    return "".join(chance.choice(PIECES) for _ in range(chance.randint(1, 4)))


def header_of(chance, name):
    text = text_of(chance)
    if name == "HTTP_COOKIE":
        return "; ".join(
            f"{chance.choice(NAMES)}={text_of(chance)}" for _ in range(chance.randint(1, 5))
        )
    if name == "QUERY_STRING":
        return "&".join(
            f"{chance.choice(NAMES)}={text_of(chance)}" for _ in range(chance.randint(1, 5))
        )
    return text


def request_of(chance):
    names = chance.sample(HEADERS, chance.randint(1, 4))
    return {
        "path": chance.choice(PATHS) + chance.choice(["", "", "", text_of(chance)]),
        "method": chance.choice(["GET", "GET", "HEAD", "POST", "POST", "OPTIONS"]),
        "body": chance.choice(BODIES),
        **{name: header_of(chance, name) for name in names},
    }


def latin_1(value):
    """A WSGI server gives bytes as latin-1."""
    return value.encode().decode("latin-1") if isinstance(value, str) else value


def test_no_header_is_answered_with_an_error_of_the_server(caplog):
    make_tool(name="Ada", slug="ada")
    make_tool(name="Eda", slug="eda")
    chance = random.Random(SEED)
    counts = {}
    for number in range(REQUESTS):
        request = {name: latin_1(value) for name, value in request_of(chance).items()}
        caplog.clear()
        answer = ask(**request)

        assert answer.status < 500, (number, answer.status, request)
        lines = [record.getMessage() for record in caplog.records]
        assert len(lines) <= 1, (number, lines, request)
        counts[answer.status] = counts.get(answer.status, 0) + 1
    assert counts[400] > 20 and counts[200] > 20, counts
