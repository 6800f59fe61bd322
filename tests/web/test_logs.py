"""The secrets in the addresses of private links and feeds are not logged."""

import logging
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from bin.local.port import free_port
from web.logs import LONGEST_CLIENT_ERROR, RedactingFormatter, redact

ROOT = Path(__file__).resolve().parents[2]
SECRET = "x" * 20 + "-_" + "y" * 21


@pytest.mark.parametrize("what", ["transfer", "feed"])
def test_a_secret_in_an_address_is_redacted(what):
    line = f'"GET /bookmarks/{what}/{SECRET}/?a=b" 200 "https://site.example/bookmarks/{what}/{SECRET}/"'

    assert redact(line) == (
        f'"GET /bookmarks/{what}/…/?a=b" 200 "https://site.example/bookmarks/{what}/…/"'
    )


@pytest.mark.parametrize("what", ["confirm", "unsubscribe", "one-click", "preferences"])
def test_a_token_in_the_link_of_an_email_is_redacted(what):
    token = "0" * 32 + ":1xVNpD:" + "a" * 43

    assert redact(f"Gone: /newsletter/{what}/{token}/undo/") == (
        f"Gone: /newsletter/{what}/…/undo/"
    )


@pytest.mark.parametrize("path", ["/bookmarks/feed/renew/", "/bookmarks/transfer/", "/tools/feed/"])
def test_other_addresses_are_logged_in_full(path):
    assert redact(f"Not Found: {path}") == f"Not Found: {path}"


@pytest.mark.parametrize(
    "keep_lines, logged",
    [
        (False, r"Away\nback\u2028 \x1b[0m\nHttp404: /bookmarks/transfer/…/"),
        (True, "Away\\nback\\u2028 \\x1b[0m\nHttp404: /bookmarks/transfer/…/"),
    ],
)
def test_a_record_is_one_line_but_for_tracebacks_on_a_terminal(keep_lines, logged):
    record = logging.LogRecord("site", logging.ERROR, "", 0, "Away\nback\u2028 \x1b[0m", (), None)
    record.exc_text = f"Http404: /bookmarks/transfer/{SECRET}/"

    assert RedactingFormatter(keep_lines=keep_lines).format(record) == logged


def test_the_path_of_a_file_in_a_traceback_is_not_taken_for_a_secret():
    line = 'File "/srv/ship-or-skip/newsletter/delivery/database_identity.py", line 3'

    assert redact(line) == line


def test_the_log_of_the_site_is_redacted():
    (handler,) = [
        handler
        for handler in logging.getLogger().handlers
        if type(handler) is logging.StreamHandler
    ]

    assert isinstance(handler.formatter, RedactingFormatter)


def test_the_log_of_the_web_server_is_redacted_and_names_nobody():
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]
    process = subprocess.Popen(
        [*command, "--no-control-socket", "wsgiref.simple_server:demo_app"],
        cwd=ROOT,
        env=os.environ
        | {"LOG_FORMAT": "text", "WEB_WORKERS": "1", "WEB_BIND": f"127.0.0.1:{port}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        for path in [f"transfer/{SECRET}/", f"%66eed//{SECRET}/%0Anew%20line"]:
            address = f"http://127.0.0.1:{port}/bookmarks/{path}"
            ask(Request(address, headers={"Referer": address, "User-Agent": "Me"}))
        with socket.create_connection(("127.0.0.1", port)) as malformed:
            malformed.sendall(f"GET /bookmarks/feed/{SECRET}/ HTTP/9\r\n\r\n".encode())
            malformed.recv(1000)
    finally:
        process.terminate()
        logged, _ = process.communicate(timeout=30)

    assert '"GET /bookmarks/transfer/…/" 200' in logged
    assert '"GET /bookmarks/feed//…/\\nnew line" 200' in logged
    assert "Invalid" in logged
    assert SECRET not in logged
    for line in logged.splitlines():
        assert "Me" not in line
        assert "127.0.0.1" not in line.replace(f"127.0.0.1:{port}", "") or "Invalid" in line


def ask(request, tries=100):
    for _ in range(tries):
        try:
            return urlopen(request).read()
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(request.full_url)


@pytest.mark.parametrize(
    "char",
    ["\r", "\n", "\x0b", "\x0c", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\u202e", "\ud800"],
)
def test_no_character_ends_a_line_or_moves_a_cursor(char):
    record = logging.LogRecord(
        "site", logging.WARNING, "", 0, "Bad Request: %s", (f"/a{char}b/",), None
    )

    logged = RedactingFormatter().format(record)

    assert logged == f"Bad Request: /a{repr(char)[1:-1]}b/"
    assert logged.encode().decode().isprintable()


@pytest.mark.parametrize(("status", "has_traceback"), [(400, False), (403, False), (500, True)])
def test_what_a_client_did_wrong_has_no_traceback(status, has_traceback):
    try:
        raise ValueError("that is wrong")
    except ValueError:
        record = logging.LogRecord("site", logging.ERROR, "", 0, "Wrong", (), sys.exc_info())
    record.status_code = status

    assert ("Traceback" in RedactingFormatter().format(record)) is has_traceback


def test_a_client_cannot_fill_the_log_with_one_request():
    record = logging.LogRecord(
        "site", logging.ERROR, "", 0, "Invalid host: %s", ("x." * 5000,), None
    )
    record.status_code = 400

    assert len(RedactingFormatter().format(record)) == LONGEST_CLIENT_ERROR
