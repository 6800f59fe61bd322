"""Publishes the dump: all files in a new folder, made from one snapshot, and then a link that changes at once."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from comparisons.bottom_line_rules import rules_data
from dump.chain import LedgerChain, days_table
from dump.files import DumpFile, write_file, write_table
from dump.published import CURRENT, MANIFEST, NAME_FORMAT, SIGNATURE, SUMS
from dump.signing import public_pem, public_text, read_key
from dump.tables import TABLES
from reviews.refresh import refresh_figures

FORMAT = "ship-or-skip/dump/1"
LOCK, PUBLIC_KEY, RECOMPUTE = ".lock", "public_key.pem", "recompute.py"
KEPT = 2
# Anyone may read a dump, nginx too, whatever the umask of the worker is.
FOLDER_MODE, FILE_MODE = 0o755, 0o644
# Reading everything takes longer than a page does.
SNAPSHOT = """
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
SET LOCAL statement_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;
"""


class AlreadyRunning(Exception):
    """Another process is writing a dump into this folder."""


def publish_dump(folder: Path) -> Path:
    """Write a dump into `folder` and make it the current one; return its own folder. Raises AlreadyRunning."""
    folder.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
    with _only_one(folder):
        _delete_unfinished(folder)
        refresh_figures()
        finished = _write_dump(folder)
        _make_current(folder, finished)
        _delete_old(folder)
    return finished


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Hold a lock that ends with the process, however that ends."""
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(f"Another process is writing a dump into {folder}.") from None
        yield


def _write_dump(folder: Path) -> Path:
    now = timezone.now()
    unfinished = folder / f".{now.strftime(NAME_FORMAT)}"
    unfinished.mkdir()
    try:
        _write(unfinished, now)
        for path in unfinished.iterdir():
            path.chmod(FILE_MODE)
        unfinished.chmod(FOLDER_MODE)
        return unfinished.rename(folder / now.strftime(NAME_FORMAT))
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _write(folder: Path, now: datetime) -> None:
    chain = LedgerChain()
    files: list[DumpFile] = []
    with _snapshot():
        for table in TABLES:
            rows = table.rows(now)
            if table.name == "ledger":
                rows = chain.through(rows, today=now.date().isoformat())
            files += write_table(folder, table, rows)
    days = days_table(chain)
    files += write_table(folder, days, days.rows(now))
    program = (Path(__file__).parent / RECOMPUTE).read_bytes()
    files.append(write_file(folder, RECOMPUTE, "The program that checks this dump.", program))
    if settings.DATA_SIGNING_KEY:
        pem = public_pem(read_key(settings.DATA_SIGNING_KEY))
        files.append(
            write_file(folder, PUBLIC_KEY, "The key that the manifest is signed with.", pem)
        )
    _write_manifest(folder, files, chain, now)


@contextmanager
def _snapshot() -> Iterator[None]:
    """Read everything as of one moment. Inside another transaction, a test's, nothing can be set any more."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if is_outermost:
            cursor.execute(SNAPSHOT)
        yield


def _write_manifest(folder: Path, files: list[DumpFile], chain: LedgerChain, now: datetime) -> None:
    manifest = _manifest(files, chain, now)
    content = json.dumps(manifest, ensure_ascii=False, indent=2).encode() + b"\n"
    files.append(write_file(folder, MANIFEST, "What this dump holds.", content))
    if settings.DATA_SIGNING_KEY:
        signature = read_key(settings.DATA_SIGNING_KEY).sign(content)
        files.append(write_file(folder, SIGNATURE, "The signature of the manifest.", signature))
    sums = "".join(f"{file.sha256}  {file.name}\n" for file in files)
    (folder / SUMS).write_text(sums)


def _manifest(files: list[DumpFile], chain: LedgerChain, now: datetime) -> dict[str, Any]:
    key = settings.DATA_SIGNING_KEY
    return {
        "format": FORMAT,
        "site": settings.SITE_URL,
        "version": settings.VERSION,
        "made_at": now.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "licence": settings.DATA_LICENCE,
        "public_key": public_text(read_key(key)) if key else None,
        "ledger_head": chain.head,
        "rules": rules_data(),
        "leniency_prior_tools": settings.LENIENCY_PRIOR_TOOLS,
        "files": [file.to_json() for file in files],
    }


def _make_current(folder: Path, finished: Path) -> None:
    link = folder / f".{CURRENT}"
    link.unlink(missing_ok=True)
    link.symlink_to(finished.name)
    os.replace(link, folder / CURRENT)


def _delete_unfinished(folder: Path) -> None:
    """Delete what a process that was killed left behind."""
    for path in folder.glob(".2*Z"):
        shutil.rmtree(path, ignore_errors=True)


def _delete_old(folder: Path) -> None:
    """Delete all dumps but the newest. The current one stays, wherever the clock was set."""
    current = (folder / CURRENT).resolve()
    for path in sorted(folder.glob("2*Z"))[:-KEPT]:
        if path.resolve() != current:
            shutil.rmtree(path, ignore_errors=True)
