import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.release import fingerprint

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "SECRET_KEY": "x" * 60,
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
    "ALLOWED_HOSTS": "shiporskip.example",
    "SITE_URL": "https://shiporskip.example",
    "MAIL_URL": "smtp://user:secret@mail.example",
}


def start(printing="'started'", **environment):
    """Load the settings in a process of its own; return (exit code, what it said last)."""
    code = f"import config.settings as s; print({printing})"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    return done.returncode, (done.stdout + done.stderr).strip().splitlines()[-1]


def test_a_process_starts_with_all_that_production_needs():
    assert start(**PRODUCTION) == (0, "started")


@pytest.mark.parametrize("name", PRODUCTION)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_process_without_a_required_variable_refuses_and_names_it(name, value):
    environment = PRODUCTION | {name: value}
    environment = {name: value for name, value in environment.items() if value is not None}

    code, said = start(**environment)

    assert code == 1
    assert f"Missing from the environment: {name} (" in said


def test_everything_that_is_missing_is_named_at_once():
    _, said = start()

    assert all(name in said for name in PRODUCTION)


@pytest.mark.parametrize(
    "name, value",
    [
        ("TRUSTED_PROXY_HOPS", "abc"),
        ("TRUSTED_PROXY_HOPS", "-1"),
        ("DEBUG", "perhaps"),
        ("BOTTOM_LINE_LEAD_POINTS", "many"),
        ("LOG_LEVEL", "LOUD"),
        ("NEWSLETTER_DAY", "someday"),
        ("NEWSLETTER_HOUR", "24"),
        ("NEWSLETTER_TIME_ZONE", "Europe/Atlantis"),
        ("NEWSLETTER_TIME_ZONE", ""),
    ],
)
def test_a_bad_value_stops_the_process_and_is_named(name, value):
    code, said = start(**PRODUCTION | {name: value})

    assert code == 1
    assert name in said


def test_a_site_at_an_https_address_is_https_only():
    printing = "s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS"

    assert start(printing, **PRODUCTION) == (0, "True True 31536000")
    http = PRODUCTION | {"SITE_URL": "http://localhost:8080"}
    assert start(printing, **http) == (0, "False False 0")


def test_a_changed_figure_makes_a_new_release():
    before = start("s.RELEASE", **PRODUCTION)

    assert start("s.RELEASE", **PRODUCTION) == before
    for name, value in [
        ("BOTTOM_LINE_LEAD_POINTS", "6"),
        ("VOTE_NETWORK_CAP", "9"),
        ("RELEASE", "2"),
    ]:
        assert start("s.RELEASE", **PRODUCTION | {name: value}) != before


def test_changed_code_makes_a_new_release(tmp_path):
    template = tmp_path / "templates" / "home.html"
    template.parent.mkdir()
    template.write_text("one")
    before = fingerprint(tmp_path)

    template.write_text("other")

    assert fingerprint(tmp_path) != before


def test_the_content_security_policy_has_no_exceptions():
    _, said = start("s.SECURE_CSP", **PRODUCTION)

    assert "unsafe" not in said
    assert "http" not in said
