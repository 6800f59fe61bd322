import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.conf import settings

from config.release import fingerprint, page_files

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


@pytest.mark.parametrize("url", [{}, {"DATABASE_URL": " "}])
def test_a_local_process_without_a_database_says_what_to_run(url):
    code, said = start(DEBUG="on", **url)

    assert code == 1
    assert "DATABASE_URL is not set: run bin/dev" in said


@pytest.mark.parametrize(
    "environment, beginning",
    [
        ({"DEBUG": "on"}, "manage.py: DATABASE_URL is not set: run bin/dev"),
        ({"DEBUG": "perhaps"}, 'manage.py: Environment variable "DEBUG" invalid'),
    ],
)
def test_manage_says_in_one_line_what_is_wrong_with_the_settings(environment, beginning):
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        env={"PATH": os.environ["PATH"], **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(beginning)
    assert done.stderr.count("\n") == 1


def test_gunicorn_is_told_in_one_line_and_not_to_try_again():
    done = subprocess.run(
        [sys.executable, "-c", "import config.wsgi"],
        env={"PATH": os.environ["PATH"], **PRODUCTION, "SITE_URL": "HTTPS://shiporskip.example"},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 3
    assert done.stderr.startswith('config.wsgi: Environment variable "SITE_URL" invalid')
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "name, value",
    [
        ("TRUSTED_PROXY_HOPS", "abc"),
        ("TRUSTED_PROXY_HOPS", "-1"),
        ("DEBUG", "perhaps"),
        ("BOTTOM_LINE_LEAD_POINTS", "many"),
        ("LOG_LEVEL", "LOUD"),
        ("SECOND_FACTOR_ROLES", "Publishers"),
        ("STAFF_SESSION_IDLE_MINUTES", "1"),
        ("SECURITY_CONTACT", "security@shiporskip.example"),
        ("SECURITY_POLICY_URL", "SECURITY.md"),
        ("NEWSLETTER_DAY", "someday"),
        ("NEWSLETTER_HOUR", "24"),
        ("NEWSLETTER_TIME_ZONE", "Europe/Atlantis"),
        ("NEWSLETTER_TIME_ZONE", ""),
        ("SITE_URL", "HTTPS://shiporskip.example"),
        ("SITE_URL", "shiporskip.example"),
        ("SITE_URL", "https://ShipOrSkip.example"),
        ("SITE_URL", "https://shiporskip.example/tools"),
        ("ALLOWED_HOSTS", "https://shiporskip.example"),
        ("ALLOWED_HOSTS", "shiporskip.example:443"),
        ("DATABASE_URL", "sqlite:///db.sqlite3"),
        ("DATABASE_URL", "mysql://db.example/site"),
        ("DATABASE_REPLICA_URL", "db.example"),
        ("STATEMENT_TIMEOUT", "10 seconds"),
        ("LOCK_TIMEOUT", "soon"),
        ("CACHE_URL", "memcached://cache.example"),
        ("NEWSLETTER_FROM", "Ship or Skip"),
        ("NEWSLETTER_FROM", "a@shiporskip.example, b@shiporskip.example"),
        ("NEWSLETTER_FROM", "Ship\nor Skip <a@shiporskip.example>"),
        ("NEWSLETTER_POSTAL_ADDRESS", "1 Street\nTown"),
    ],
)
def test_a_bad_value_stops_the_process_and_is_named(name, value):
    code, said = start(**PRODUCTION | {name: value})

    assert code == 1
    assert name in said


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_REPLICA_URL", "MAIL_URL"])
def test_a_password_that_is_not_escaped_stops_the_process_and_is_not_printed(name):
    scheme = "smtp" if name == "MAIL_URL" else "postgres"

    code, said = start(**PRODUCTION | {name: f"{scheme}://site:12/hidden@server.example"})

    assert code == 1
    assert f'"{name}" invalid' in said
    assert "has to be escaped: write @ as %40" in said
    assert "hidden" not in said


def test_an_escaped_password_is_taken_as_it_was_meant():
    url = "postgres://site:%40%2F%23%3F%25@db.example/site"

    assert start("s.DATABASES['default']['PASSWORD']", **PRODUCTION | {"DATABASE_URL": url}) == (
        0,
        "@/#?%",
    )


def test_a_site_at_an_https_address_is_https_only():
    printing = "s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS"
    names = (
        "s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.READER_COOKIE_NAME, s.MESSAGES_COOKIE_NAME"
    )

    assert start(printing, **PRODUCTION) == (0, "True True 31536000")
    assert start(names, **PRODUCTION) == (
        0,
        "__Host-sessionid __Host-csrftoken __Host-reader __Host-messages",
    )
    http = PRODUCTION | {"SITE_URL": "http://localhost:8080"}
    assert start(printing, **http) == (0, "False False 0")
    assert start(names, **http) == (0, "sessionid csrftoken reader messages")


def test_a_changed_value_that_pages_print_makes_a_new_release():
    before = start("s.RELEASE", **PRODUCTION)

    assert start("s.RELEASE", **PRODUCTION) == before
    for name, value in [
        ("BOTTOM_LINE_LEAD_POINTS", "6"),
        ("VOTE_NETWORK_CAP", "9"),
        ("SITE_URL", "https://other.example"),
        ("RELEASE", "2"),
    ]:
        assert start("s.RELEASE", **PRODUCTION | {name: value}) != before


def test_every_setting_that_pages_read_is_part_of_the_release():
    sources = [*(ROOT / "pages").rglob("*.py"), ROOT / "votes" / "rules.py"]
    sources += [ROOT / "web" / "context.py", ROOT / "reviews" / "review_due.py"]
    read = {
        name
        for source in sources
        for name in re.findall(r"settings\.([A-Z][A-Z_]*[A-Z])\b", source.read_text())
    }

    assert len(read) > 10
    assert read <= settings.PRINTED.keys()
    printed = {name: getattr(settings, name) for name in settings.PRINTED}
    assert printed == settings.PRINTED | {"DATA_DIR": ""}  # tests have no dump


@pytest.fixture
def code(tmp_path):
    """A clone with a package, a template, a style and what is no part of any page."""
    for name in [
        "tools/__init__.py",
        "tools/models.py",
        "tools/templatetags/text.py",
        "templates/home.html",
        "static/site.css",
        "requirements.txt",
        "tests/__init__.py",
        "docs/index.md",
        ".venv/lib.py",
        "tools/__pycache__/models.pyc",
    ]:
        (tmp_path / "code" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "code" / name).write_text(name)
    return tmp_path / "code"


def fingerprint_of(folder):
    return fingerprint(folder, "", {})


def test_the_same_code_in_another_folder_at_another_time_is_the_same_release(code, tmp_path):
    before = fingerprint_of(code)
    copy = tmp_path / "copy"
    shutil.copytree(code, copy)
    os.utime(copy / "tools" / "models.py", (0, 0))

    assert fingerprint_of(copy) == before


@pytest.mark.parametrize(
    "name",
    [
        "tools/models.py",
        "tools/templatetags/text.py",
        "templates/home.html",
        "static/site.css",
        "requirements.txt",
        "new/__init__.py",
        "templates/new.txt",
    ],
)
def test_changed_code_makes_a_new_release(code, name):
    before = fingerprint_of(code)

    (code / name).parent.mkdir(exist_ok=True)
    (code / name).write_text("X" * len(name))

    assert fingerprint_of(code) != before


def test_a_renamed_file_makes_a_new_release(code):
    before = fingerprint_of(code)

    (code / "templates" / "home.html").rename(code / "templates" / "house.html")

    assert fingerprint_of(code) != before


@pytest.mark.parametrize(
    "name", ["tests/__init__.py", "docs/index.md", ".venv/lib.py", "tools/__pycache__/models.pyc"]
)
def test_what_is_on_no_page_makes_no_new_release(code, name):
    before = fingerprint_of(code)

    (code / name).write_text("changed")

    assert fingerprint_of(code) == before


def test_every_package_of_the_site_is_part_of_the_release():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    covered = {path.relative_to(ROOT).parts[0] for path in page_files(ROOT)}

    assert {*project["tool"]["importlinter"]["root_packages"], "templates", "static"} <= covered
    assert "tests" not in covered


def test_the_content_security_policy_has_no_exceptions():
    _, said = start("s.SECURE_CSP", **PRODUCTION)

    assert "unsafe" not in said
    assert "http" not in said
