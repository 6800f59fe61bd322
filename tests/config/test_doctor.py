"""`manage.py doctor` on an installation that is well, and with one fault at a time."""

import io
import json
import os
import subprocess
import sys
import tomllib

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from config.doctor import files
from newsletter.delivery.sending_gate import get_gate
from newsletter.models import SendingGate
from tests.config.test_settings import PRODUCTION, ROOT
from tests.newsletter.smtp_server import SmtpServer
from tests.web.test_stalled_jobs import execute, make_worker
from web.mail_server import MailServer

pytestmark = pytest.mark.django_db

# Functions and views that the checks read, before Postgres' own; a test server does not flush, for example.
LOOKALIKES = """
CREATE SCHEMA lookalike;
CREATE TABLE lookalike.settings (name text, value text);
INSERT INTO lookalike.settings VALUES ('fsync', 'on'), ('full_page_writes', 'on'), ('synchronous_commit', 'on');
CREATE FUNCTION lookalike.current_setting(text) RETURNS text LANGUAGE sql AS
    $$SELECT coalesce((SELECT value FROM lookalike.settings WHERE name = $1), pg_catalog.current_setting($1))$$;
CREATE FUNCTION lookalike.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS
    $$SELECT pg_catalog.clock_timestamp() + pg_catalog.current_setting('lookalike.ahead')::interval$$;
CREATE VIEW lookalike.pg_database AS SELECT oid, datname, pg_catalog.current_setting('lookalike.provider')::"char"
    AS datlocprovider, 'en_GB.UTF-8' AS datcollate FROM pg_catalog.pg_database;
SET LOCAL lookalike.ahead = '0';
SET LOCAL lookalike.provider = 'b';
SET LOCAL search_path = lookalike, pg_catalog, public;
"""
HEALTHY = {
    "DEBUG": False,
    "SECRET_KEY": "a8Kd0sPq3LxV7mNz2TyB5cWf9JhR4eUg6iOo1XQvZkSMnbtdrw",
    "ALLOWED_HOSTS": ["shiporskip.example"],
    "SITE_URL": "https://shiporskip.example",
    "HTTPS": True,
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 31_536_000,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "SECURE_HSTS_PRELOAD": True,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "MAILERS": {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend"}},
    "TRUSTED_PROXY_HOPS": 1,
    "SECURITY_CONTACT": ["mailto:security@shiporskip.example"],
    "NEWSLETTER_FROM": "Ship or Skip <news@shiporskip.example>",
    "NEWSLETTER_POSTAL_ADDRESS": "Ship or Skip, 1 Street, Town",
}


@pytest.fixture(scope="module")
def smtp_server():
    with SmtpServer() as server:
        yield server


@pytest.fixture
def healthy(settings, smtp_server, monkeypatch, tmp_path):
    """An installation without a fault; static files are a single one, collected."""
    for name, value in HEALTHY.items():
        setattr(settings, name, value)
    settings.MAIL_SERVER = MailServer("smtp+plain", "127.0.0.1", smtp_server.port)
    monkeypatch.setattr(files, "LEAST_FREE", 1)
    source = tmp_path / "source" / "site.js"
    source.parent.mkdir()
    source.write_text("let one = 1;")
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [source.parent]
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "web.static_files.BundledStaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(LOOKALIKES)
    make_worker(silent_seconds=3)
    return source


def doctor(*options):
    """Return (exit code, the lines that it prints)."""
    printed, code = io.StringIO(), 0
    try:
        call_command("doctor", *options, stdout=printed)
    except SystemExit as exit:
        code = exit.code
    return code, printed.getvalue().splitlines()


def fault():
    """The only line that is not well."""
    code, lines = doctor()
    assert code == 1
    (line,) = [line for line in lines if line.startswith("FAILING")]
    return line.removeprefix("FAILING ")


VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def set_postgres(name, value):
    execute("INSERT INTO settings VALUES (%s, %s) RETURNING 1", name, value)


def test_a_healthy_installation_has_a_line_for_each_part(healthy, smtp_server):
    code, lines = doctor()

    by_part = {line.split(":")[0]: line for line in lines}
    assert (code, [line for line in lines if "FAILING" in line]) == (0, [])
    assert {line.split(" ")[0] for line in lines} == {"ok", "note"}
    assert [line.split(":")[0].removeprefix("ok ") for line in lines[:-1]] == [
        "release",
        "settings",
        "database",
        "migrations",
        "replica",
        "Postgres",
        "durability",
        "text",
        "connections",
        "time limits",
        "clock",
        "worker",
        "due jobs",
        "failed jobs",
        "sending",
        "deliveries",
        "last backup",
        "last dump",
        "static files",
        "dump folder",
        "disk",
        "mail server",
    ]
    assert by_part["ok release"].startswith(f"ok release: {VERSION}, ")
    assert by_part["ok worker"] == "ok worker: last heartbeat 3 s ago"
    assert by_part["ok mail server"] == "ok mail server: answers without TLS"
    assert "dig +short TXT _dmarc.shiporskip.example" in by_part["note mail domain"]
    assert smtp_server.accepted == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SECRET_KEY", "short", "Your SECRET_KEY has less than 50 characters"),
        ("DEBUG", True, "You should not have DEBUG set to True"),
        ("ALLOWED_HOSTS", ["other.example"], "ALLOWED_HOSTS does not hold shiporskip.example"),
        ("TRUSTED_PROXY_HOPS", 0, "Set TRUSTED_PROXY_HOPS to 1 behind deploy/nginx.conf"),
        ("SECURITY_CONTACT", [], "SECURITY_CONTACT is not set"),
        ("NEWSLETTER_POSTAL_ADDRESS", "", "NEWSLETTER_POSTAL_ADDRESS is not set"),
        ("NEWSLETTER_FROM", "news@localhost", "NEWSLETTER_FROM is an address at localhost"),
        ("NEWSLETTER_FROM", "news@127.0.0.1", "NEWSLETTER_FROM is an address at 127.0.0.1"),
    ],
)
def test_a_setting_that_should_be_another_is_found(healthy, settings, name, value, said):
    setattr(settings, name, value)

    assert fault().startswith("settings: ")
    assert said in fault()


def test_a_site_at_an_http_address_is_found_once(healthy, settings):
    settings.SITE_URL, settings.HTTPS = "http://shiporskip.example", False
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = False
    settings.CSRF_COOKIE_SECURE, settings.SECURE_HSTS_SECONDS = False, 0

    assert "SITE_URL is http://" in fault()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TRUSTED_PROXY_HOPS", 2, "TRUSTED_PROXY_HOPS is 2"),
        (
            "NEWSLETTER_FROM",
            "Default <newsletter@shiporskip.example>",
            "NEWSLETTER_FROM is not set",
        ),
    ],
)
def test_what_may_be_right_is_a_note(healthy, settings, name, value, said):
    settings.DEFAULT_NEWSLETTER_FROM = "Default <newsletter@shiporskip.example>"
    setattr(settings, name, value)

    code, lines = doctor()

    assert (code, lines[1].startswith(f"note settings: {said}")) == (0, True)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("server_version_num", "140012", "Postgres: version 14. Move the database to version 15"),
        ("fsync", "off", "durability: fsync off. Turn it on"),
        ("synchronous_commit", "off", "durability: synchronous_commit off. Turn it on"),
        ("server_encoding", "LATIN1", "text: encoded as LATIN1. Create the database with ENCODING"),
        ("max_connections", "20", "one web machine and one worker. Raise max_connections"),
        ("statement_timeout", "0", "time limits: none for a statement. Set STATEMENT_TIMEOUT"),
    ],
)
def test_a_setting_of_postgres_that_breaks_a_promise_is_found(healthy, name, value, said):
    execute("DELETE FROM settings WHERE name = %s OR true RETURNING 1", name)
    for durable in {"fsync", "full_page_writes", "synchronous_commit"} - {name}:
        set_postgres(durable, "on")
    set_postgres(name, value)

    assert said in fault()


@pytest.mark.parametrize(("ahead", "code"), [("4 s", 0), ("-4 s", 0), ("6 s", 1), ("-6 s", 1)])
def test_clocks_that_differ_are_found(healthy, ahead, code):
    execute("SELECT set_config('lookalike.ahead', %s, true)", ahead)

    assert doctor()[0] == code
    assert not code or "Synchronise both machines by NTP" in fault()


def test_text_that_the_system_sorts_is_a_note(healthy):
    execute("SELECT set_config('lookalike.provider', 'c', true)")

    code, lines = doctor()

    assert code == 0
    assert any(line.startswith("note text:") and "(en_GB.UTF-8)" in line for line in lines)


def test_no_connection_is_counted_behind_a_pooler(healthy, settings):
    settings.DATABASE_POOLER = "transaction"
    set_postgres("max_connections", "20")

    assert "ok connections: shared by a pooler" in doctor()[1]


def test_migrations_that_are_missing_are_found_without_asking_for_work(healthy):
    execute("DELETE FROM django_migrations WHERE name = '0002_rules' AND app = 'votes' RETURNING 1")

    assert fault() == "migrations: not applied: votes.0002_rules. Run manage.py migrate."
    assert not any(" worker:" in line for line in doctor()[1])


def test_without_its_database_the_rest_is_still_looked_at(healthy):
    def away(*args):
        raise OperationalError("the database is away: password=secret")

    with connection.execute_wrapper(away):
        code, lines = doctor()

    assert code == 1
    assert [line for line in lines if line.startswith("FAILING")] == [
        "FAILING database: does not answer. Check that Postgres runs, and the host, user, password and name in "
        "DATABASE_URL."
    ]
    assert any(line.startswith("ok mail server") for line in lines)


@pytest.mark.parametrize(
    "url", ["postgres://site:hidden@127.0.0.1:1/site", "postgres://site:hidden@127.0.0.1"]
)
def test_a_process_that_never_reached_its_database_prints_no_traceback_and_no_secret(url):
    done = subprocess.run(
        [sys.executable, "manage.py", "doctor"],
        env={"PATH": os.environ["PATH"], **PRODUCTION, "DATABASE_URL": url},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert "FAILING database: does not answer. Check that Postgres runs" in done.stdout
    assert "FAILING mail server: mail.example" in done.stdout
    assert "Traceback" not in done.stderr
    assert "hidden" not in done.stdout + done.stderr


def test_a_missing_worker_is_found(healthy):
    execute("DELETE FROM procrastinate_workers RETURNING 1")

    assert fault().startswith("worker: none has run. Start manage.py procrastinate worker")


def test_sending_that_is_stopped_is_found(healthy):
    SendingGate.objects.filter(pk=get_gate().pk).update(trip_reason="broken TLS")

    assert fault().startswith("sending: stopped: broken TLS. Remove the cause, then resume it")


@pytest.mark.parametrize(
    ("scheme", "extensions", "user", "said"),
    [
        ("smtp", [], "", "The mail server does not support TLS. Check"),
        ("smtps", [], "", "TLS failed"),
        ("smtp+plain", ["AUTH PLAIN"], "me", "The mail server refused the login"),
    ],
)
def test_a_mail_server_that_refuses_is_found(healthy, settings, scheme, extensions, user, said):
    with SmtpServer(extensions=extensions) as server:
        settings.MAIL_SERVER = MailServer(scheme, "127.0.0.1", server.port, user, "secret")

        found = fault()

    assert found.startswith("mail server: 127.0.0.1: ")
    assert said in found
    assert "Check scheme, user and password in MAIL_URL" in found
    assert "secret" not in found


def test_a_mail_server_that_is_away_is_found(healthy, settings):
    settings.MAIL_SERVER = MailServer("smtp+plain", "127.0.0.1", 1)

    assert "Check host and port in MAIL_URL" in fault()


def test_static_files_that_were_not_collected_are_found(healthy, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "empty"

    assert fault() == "static files: not collected. Run manage.py collectstatic."


@pytest.mark.parametrize("name", ["site.js", "new.js"])
def test_static_files_of_another_release_are_found(healthy, name):
    healthy.with_name(name).write_text("let two = 2;")

    assert fault() == (
        f"static files: not those of this release: {name}. Run manage.py collectstatic."
    )


def test_a_full_disk_is_found(healthy, monkeypatch):
    monkeypatch.setattr(files, "LEAST_FREE", 10**18)

    assert fault().startswith("disk: ")
    assert "Delete what is not needed there" in fault()


def test_programs_get_the_same_as_json(healthy):
    execute("DELETE FROM procrastinate_workers RETURNING 1")

    code, lines = doctor("--json")

    found = {each["part"]: each for each in json.loads("\n".join(lines))}
    assert code == 1
    assert (found["worker"]["state"], found["worker"]["text"]) == ("failing", "none has run")
    assert found["worker"]["hint"].startswith("Start manage.py")
    assert found["clock"] == {
        "part": "clock",
        "state": "ok",
        "text": "0 s from that of Postgres",
        "hint": "",
    }


def test_the_health_check_of_a_worker_looks_at_its_heartbeat_alone(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert doctor("--worker")[0] == 1
    make_worker(silent_seconds=5)

    assert doctor("--worker") == (0, ["ok worker: last heartbeat 5 s ago"])
