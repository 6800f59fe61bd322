"""The secrets in the addresses of private links and feeds are not logged."""

import logging
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from web.logs import RedactingFormatter, redact

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


def test_a_traceback_is_redacted_too():
    record = logging.LogRecord("site", logging.ERROR, "", 0, "Away", (), None)
    record.exc_text = f"Http404: /bookmarks/transfer/{SECRET}/"

    assert RedactingFormatter().format(record) == "Away\nHttp404: /bookmarks/transfer/…/"


def test_the_log_of_the_site_is_redacted():
    (handler,) = [
        handler
        for handler in logging.getLogger().handlers
        if type(handler) is logging.StreamHandler
    ]

    assert isinstance(handler.formatter, RedactingFormatter)


def test_the_log_of_the_web_server_is_redacted():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]
    flags = ["--workers", "1", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    process = subprocess.Popen(
        [*command, *flags, "wsgiref.simple_server:demo_app"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        address = f"http://127.0.0.1:{port}/bookmarks/transfer/{SECRET}/"
        ask(Request(address, headers={"Referer": address}))
    finally:
        process.terminate()
        logged, _ = process.communicate(timeout=30)

    assert '"GET /bookmarks/transfer/…/ HTTP/1.1" 200' in logged
    assert SECRET not in logged


def ask(request, tries=100):
    for _ in range(tries):
        try:
            return urlopen(request).read()
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(request.full_url)
