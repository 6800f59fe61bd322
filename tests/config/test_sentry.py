"""What is reported to Sentry: the error, and nothing of a reader."""

import gzip
import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli
import pytest

from config.sentry import without_personal_data
from tests.config.test_settings import PRODUCTION, ROOT, start

SECRET = "x" * 20 + "-_" + "y" * 21
# A view that fails with what a reader sent, in a process of its own: the SDK changes Django for good.
FAIL = f"""
from tests.wsgi_client import FORM, ask
import sentry_sdk
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from config import urls

@csrf_exempt
def fail(request, secret):
    reader_address = request.POST["email"]
    raise ValueError(f"refused: {{reader_address}} from 203.0.113.7 at /x/{{secret}}/")

urls.handler500 = lambda request: HttpResponse(status=500)
urls.urlpatterns.insert(0, path("fail/<secret>/", fail))
answer = ask("/fail/{SECRET}/", "POST", b"email=ada@personal.example", QUERY_STRING="q=personal-query",
    CONTENT_TYPE=FORM, REMOTE_ADDR="203.0.113.7", HTTP_X_FORWARDED_FOR="203.0.113.7", HTTP_X_FORWARDED_PROTO="https",
    HTTP_HOST="shiporskip.example", HTTP_ORIGIN="https://shiporskip.example", HTTP_COOKIE="reader=personal-cookie",
    HTTP_USER_AGENT="personal-browser", HTTP_REFERER="https://personal.example/")
assert answer.status == 500, answer
sentry_sdk.flush(10)
"""


@contextmanager
def receiver():
    """Yield (address, events): a server that keeps what it is sent."""
    events = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}
            body = unpack[self.headers["Content-Encoding"]](body)
            events.append(body.decode())
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://key@127.0.0.1:{server.server_port}/1", events
    server.shutdown()
    server.server_close()


def test_an_error_arrives_without_anything_of_the_reader():
    with receiver() as (address, events):
        environment = PRODUCTION | {"SENTRY_DSN": address, "TRUSTED_PROXY_HOPS": "1"}
        done = subprocess.run(
            [sys.executable, "-c", FAIL],
            env={"PATH": "/usr/bin", "NO_PROXY": "*", **environment},
            cwd=ROOT,
            capture_output=True,
            text=True,
        )

    assert done.returncode == 0, done.stderr
    (envelope,) = events
    event = json.loads(envelope.splitlines()[2])
    (error,) = event["exception"]["values"]
    assert (error["type"], error["value"]) == ("ValueError", "refused: … from … at /x/…/")
    assert event["request"] == {"method": "POST", "url": "http://shiporskip.example/fail/…/"}
    assert len(event["tags"]["request_id"]) == 32
    for personal in ["personal", "203.0.113", SECRET, "ada@"]:
        assert personal not in without_source(envelope), personal


def without_source(envelope):
    """The envelope without the lines of our own source, which it may quote."""
    event = json.loads(envelope.splitlines()[2])
    for error in event["exception"]["values"]:
        for frame in error["stacktrace"]["frames"]:
            assert "vars" not in frame
            for name in ["pre_context", "context_line", "post_context"]:
                frame.pop(name, None)
    return json.dumps(event)


def test_what_is_logged_as_an_error_has_no_address():
    event = {
        "logentry": {"message": "To %s", "formatted": "To ada@site.example", "params": ["ada"]}
    }

    assert without_personal_data(event, {})["logentry"] == {"message": "To …"}


@pytest.mark.parametrize("dsn", [{}, {"SENTRY_DSN": ""}])
def test_without_an_address_the_library_is_not_imported(dsn):
    imported = "'sentry_sdk' in __import__('sys').modules"

    assert start(imported, **PRODUCTION | dsn) == (0, "False")


@pytest.mark.parametrize(
    "dsn", ["sentry.example/1", "https://sentry.example/1", "https://hidden@sentry.example/a b"]
)
def test_a_bad_address_stops_the_process_and_is_not_printed(dsn):
    code, said = start(**PRODUCTION | {"SENTRY_DSN": dsn})

    assert code == 1
    assert "SENTRY_DSN" in said
    assert "hidden" not in said
