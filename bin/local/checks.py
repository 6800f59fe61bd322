"""All checks in their order, on a Postgres of their own; with arguments only pytest, with these."""

import os
import secrets
import sys
import time

import psycopg

from bin.local import terminal
from bin.local.chromium import NONE_FOUND, find_or_install_chromium
from bin.local.installation import PYTHON
from bin.local.places import LOCAL, ROOT, only_one
from bin.local.postgres import postgres
from bin.local.service import Service
from bin.local.terminal import say

# What a developer's shell holds besides must not decide what a test sees.
KEPT = {"PATH", "HOME", "USER", "TMPDIR", "TERM", "COLUMNS", "CI", "PYTEST_ADDOPTS", "NO_COLOR"}
MANAGE = [PYTHON, ROOT / "manage.py"]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# Each worker has its own database and browser; tests/scheduling.py says which tests share one.
WORKERS = min(max(os.cpu_count() or 1, 2), 8)
IN_PARALLEL = ["--quiet", f"--numprocesses={WORKERS}"]
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as command; command()"


def main():
    with only_one("test"), postgres(LOCAL / "test-postgres") as database_url:
        without_flushing(database_url)
        chromium = find_or_install_chromium()
        if not chromium:
            say(f"Left out: the tests in tests/browser, because {NONE_FOUND}.")
        local = test_environment(database_url) | ({"CHROMIUM": chromium} if chromium else {})
        failed = [
            title for title, *check in checks(local, sys.argv[1:]) if not passes(title, *check)
        ]
    if failed:
        raise terminal.Problem(f"failed: {', '.join(failed)}.")
    say("Everything passed." if chromium else "What ran passed; tests/browser was left out.")


def without_flushing(url: str) -> None:
    """Spare the disk: only test databases are lost in a crash of the machine. SQL cannot see the difference."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM RESET ALL")
        for name in ["fsync", "full_page_writes"]:
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")


def checks(local, pytest_arguments):
    """(title, command, environment) of each."""
    pytest = [PYTHON, "-m", "pytest"]
    if pytest_arguments:
        return [("pytest", [*pytest, *pytest_arguments], local)]
    production = production_environment(local)
    return [
        ("ruff check", [PYTHON, "-m", "ruff", "check"], local),
        ("ruff format --check", [PYTHON, "-m", "ruff", "format", "--check"], local),
        ("lint-imports", [PYTHON, "-c", LINT_IMPORTS], local),
        ("mypy", [PYTHON, "-m", "mypy"], local),
        ("djade --check", [PYTHON.parent / "djade", "--check", *TEMPLATES], local),
        ("check --deploy", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], production),
        ("collectstatic", [*MANAGE, "collectstatic", "--noinput", "--clear"], production),
        ("makemigrations --check", [*MANAGE, "makemigrations", "--check", "--dry-run"], local),
        ("pytest", [*pytest, *IN_PARALLEL], local),
    ]


def passes(title, command, environment):
    say(f"== {title}")
    started = time.monotonic()
    with Service(title, command, environment) as service:
        code = service.process.wait()
    say(f"== {title}: {'failed' if code else 'passed'}, {time.monotonic() - started:.1f} s\n")
    return code == 0


def test_environment(database_url):
    kept = {name: value for name, value in os.environ.items() if name in KEPT}
    return kept | {
        "DEBUG": "on",
        "PAGE_CACHE": "on",
        "DATABASE_URL": database_url,
        "PYTHONUNBUFFERED": "1",
    }


def production_environment(local):
    return local | {
        "DEBUG": "off",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "shiporskip.example",
        "SITE_URL": "https://shiporskip.example",
        "MAIL_URL": "smtp://user:password@mail.example",
        "STATIC_ROOT": str(LOCAL / "test" / "static"),
    }


if __name__ == "__main__":
    terminal.run("bin/test", main)
