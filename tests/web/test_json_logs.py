"""The log in JSON: one object a line, without a secret or a person."""

import json
import logging
import os
import subprocess
import sys
from datetime import datetime, timedelta
from urllib.request import Request

import pytest

from bin.local.port import free_port
from tests.web.test_logs import ROOT, SECRET, ask
from web.json_logs import JsonFormatter
from web.log_context import JOB_ID, REQUEST_ID


def record_of(message, *values, level=logging.ERROR, **fields):
    record = logging.LogRecord("site", level, "", 0, message, values, None)
    record.__dict__.update(fields)
    return record


def logged(record):
    text = JsonFormatter().format(record)
    assert text.isascii()
    assert text.isprintable()
    return json.loads(text)


def test_a_record_is_an_object_with_its_time_in_utc():
    fields = logged(record_of("Held: %s", "a\nb\u2028c\u202e"))

    at = datetime.fromisoformat(fields.pop("time"))
    assert at.utcoffset() == timedelta(0)
    assert fields == {"level": "ERROR", "logger": "site", "message": "Held: a\nb\u2028c\u202e"}


def test_a_traceback_is_part_of_its_record_and_redacted():
    try:
        raise ValueError(f"/bookmarks/feed/{SECRET}/")
    except ValueError:
        fields = logged(record_of("Wrong", exc_info=sys.exc_info(), status_code=500))

    assert fields["status"] == 500
    assert fields["exception"].startswith("Traceback")
    assert fields["exception"].endswith("ValueError: /bookmarks/feed/…/")


def test_what_a_client_did_wrong_is_short_and_has_no_traceback():
    try:
        raise ValueError
    except ValueError:
        fields = logged(record_of("x." * 5000, exc_info=sys.exc_info(), status_code=400))

    assert "exception" not in fields
    assert len(fields["message"]) == 500


def test_a_message_is_redacted():
    assert logged(record_of(f"Not found: /bookmarks/feed/{SECRET}/"))["message"].endswith(
        "/feed/…/"
    )


def test_a_record_of_a_job_that_has_ended_names_it():
    assert logged(record_of("Job ended", job_id=7))["job_id"] == 7


def test_a_record_names_the_request_and_the_job():
    for variable, value in [(REQUEST_ID, "abc"), (JOB_ID, 7)]:
        token = variable.set(value)
        assert value in logged(record_of("x")).values()
        variable.reset(token)


@pytest.mark.django_db
def test_the_access_log_of_gunicorn_names_the_view_and_nobody(tmp_path):
    port = free_port()
    environment = os.environ | {"WEB_WORKERS": "1", "WEB_BIND": f"127.0.0.1:{port}"}
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "config.wsgi"],
        cwd=ROOT,
        env=environment | {"LOG_FORMAT": "json"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        address = f"http://127.0.0.1:{port}/healthz/live/?me"
        headers = {"Referer": address, "User-Agent": "Me", "Cookie": "me=me"}
        ask(Request(address, headers=headers))
    finally:
        process.terminate()
        lines, _ = process.communicate(timeout=30)

    records = [json.loads(line) for line in lines.splitlines()]
    (access,) = [record for record in records if record["logger"] == "gunicorn.access"]
    assert len(access.pop("request_id")) == 32
    assert access.pop("duration_ms") >= 0
    assert access.pop("time").endswith("+00:00")
    assert access == {
        "level": "INFO",
        "logger": "gunicorn.access",
        "method": "GET",
        "path": "/healthz/live/",
        "view": "healthz_live",
        "status": 200,
        "bytes": 3,
    }
    assert not [line for line in lines.splitlines() if "Me" in line or "me=me" in line]
