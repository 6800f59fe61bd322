"""Runs all checks on a Postgres of their own; with arguments, only pytest with these arguments."""

import os
import secrets
import sys
import time
from pathlib import Path

import psycopg

from bin.local import chromium, nginx, pgbouncer, terminal
from bin.local.audit import SKIPPED
from bin.local.installation import PYTHON
from bin.local.places import LOCAL, ROOT, only_one
from bin.local.postgres import postgres
from bin.local.service import Command, Service
from bin.local.terminal import say

type Environment = dict[str, str]
type Check = tuple[str, Command, Environment]  # with its title

# Only these variables: others in a developer's shell must not influence the tests.
KEPT = {"PATH", "HOME", "USER", "TMPDIR", "TERM", "COLUMNS", "CI", "PYTEST_ADDOPTS", "NO_COLOR"}
KEPT |= {"FUZZ_SEED", "FUZZ_REQUESTS"}  # tests/web/test_header_fuzz.py
MANAGE = [PYTHON, ROOT / "manage.py"]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# Each worker has its own database and browser; tests/scheduling.py decides which tests run alone. One more than
# there are processors: many tests wait for a browser, a mail server or a lock.
WORKERS = min(max(os.cpu_count() or 1, 2) + 1, 8)
IN_PARALLEL = ["--quiet", f"--numprocesses={WORKERS}"]
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as command; command()"


def main() -> None:
    with only_one("test"), postgres(LOCAL / "test-postgres") as database_url:
        without_flushing(database_url)
        local = test_environment(database_url)
        skipped = []
        if browser := chromium.find_or_install_chromium():
            local["CHROMIUM"] = browser
        else:
            skipped.append(f"the tests in tests/browser: {chromium.NONE_FOUND}")
        if not nginx.find_or_install_nginx():
            skipped.append(f"the tests of deploy/nginx.conf: {nginx.NONE_FOUND}")
        if not pgbouncer.find_or_install_pgbouncer():
            skipped.append(f"the tests of a pooler: {pgbouncer.NONE_FOUND}")
        for reason in skipped:
            say(f"Skipping {reason}.")
        codes = {check[0]: run(*check) for check in checks(local, sys.argv[1:])}
    if failed := [title for title, code in codes.items() if code not in {0, SKIPPED}]:
        raise terminal.Problem(f"failed: {', '.join(failed)}.")
    skipped += [f"{title}: see above" for title, code in codes.items() if code == SKIPPED]
    say("Everything else passed." if skipped else "Everything passed.")
    for reason in skipped:
        say(f"Skipped {reason}.")


def without_flushing(url: str) -> None:
    """Turn off writing to disk: a crash of the machine loses only test databases. No test can see the difference."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM RESET ALL")
        for name in ["fsync", "full_page_writes"]:
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")


def checks(local: Environment, pytest_arguments: list[str]) -> list[Check]:
    pytest: list[str | Path] = [PYTHON, "-m", "pytest"]
    if pytest_arguments:
        return [("pytest", [*pytest, *pytest_arguments], local)]
    production = production_environment(local)
    return [
        ("ruff check", [PYTHON, "-m", "ruff", "check"], local),
        ("ruff format --check", [PYTHON, "-m", "ruff", "format", "--check"], local),
        ("pip-audit", [PYTHON, "-m", "bin.local.audit"], local),
        ("lint-imports", [PYTHON, "-c", LINT_IMPORTS], local),
        ("mypy", [PYTHON, "-m", "mypy"], local),
        ("djade --check", [PYTHON.parent / "djade", "--check", *TEMPLATES], local),
        ("check --deploy", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], production),
        ("collectstatic", [*MANAGE, "collectstatic", "--noinput", "--clear"], production),
        ("makemigrations --check", [*MANAGE, "makemigrations", "--check", "--dry-run"], local),
        ("migrations", [PYTHON, "-m", "bin.local.migration_check"], local),
        ("pytest", [*pytest, *IN_PARALLEL], local),
    ]


def run(title: str, command: Command, environment: Environment) -> int:
    """Return the exit code of a check."""
    say(f"== {title}")
    started = time.monotonic()
    with Service(title, command, environment) as service:
        code = service.process.wait()
    result = {0: "passed", SKIPPED: "SKIPPED"}.get(code, "failed")
    say(f"== {title}: {result}, {time.monotonic() - started:.1f} s\n")
    return code


def test_environment(database_url: str) -> Environment:
    kept = {name: value for name, value in os.environ.items() if name in KEPT}
    return kept | {
        "DEBUG": "on",
        "PAGE_CACHE": "on",
        "DATABASE_URL": database_url,
        "PYTHONUNBUFFERED": "1",
    }


def production_environment(local: Environment) -> Environment:
    return local | {
        "DEBUG": "off",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "shiporskip.example",
        "SITE_URL": "https://shiporskip.example",
        "MAIL_URL": "smtp://user:password@mail.example",
        "TRUSTED_PROXY_HOPS": "1",
        "SECURITY_CONTACT": "mailto:security@shiporskip.example",
        "NEWSLETTER_POSTAL_ADDRESS": "Ship or Skip, 1 Street, Town",
        "STATIC_ROOT": str(LOCAL / "test" / "static"),
    }


if __name__ == "__main__":
    terminal.run("bin/test", main)
