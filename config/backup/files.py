"""The files of a backup: the dump, and beside it what its tables held."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config.backup.contents import Contents

NAME = re.compile(r"ship-or-skip-(\d{8}T\d{6}Z)-[\w.+-]+\.dump")
TIME = "%Y%m%dT%H%M%SZ"
UNFINISHED = ".unfinished"


@dataclass(frozen=True)
class Backup:
    """A dump in the custom format of pg_dump, with its contents in a file of its own."""

    path: Path

    @classmethod
    def at(cls, folder: Path, taken_at: datetime, release: str) -> "Backup":
        letters = re.sub(r"[^\w.+-]", "-", release)
        return cls(folder / f"ship-or-skip-{taken_at.astimezone(UTC):{TIME}}-{letters}.dump")

    @property
    def contents_path(self) -> Path:
        return self.path.with_name(f"{self.path.name}.json")

    @property
    def taken_at(self) -> datetime:
        found = NAME.fullmatch(self.path.name)
        if not found:
            raise ValueError(self.path.name)
        return datetime.strptime(found[1], TIME).replace(tzinfo=UTC)

    @property
    def bytes(self) -> int:
        return self.path.stat().st_size

    def read_contents(self) -> Contents | None:
        """Return what the tables held; None if the file is not there."""
        if not self.contents_path.exists():
            return None
        tables: dict[str, Any] = json.loads(self.contents_path.read_text())["tables"]
        return {table: (rows, checksum) for table, (rows, checksum) in tables.items()}

    def delete(self) -> None:
        self.path.unlink(missing_ok=True)
        self.contents_path.unlink(missing_ok=True)


def backups_in(folder: Path) -> list[Backup]:
    """Return the backups in the folder, newest first."""
    names = sorted(
        (path.name for path in folder.iterdir() if NAME.fullmatch(path.name)), reverse=True
    )
    return [Backup(folder / name) for name in names]


def delete_unfinished(folder: Path) -> None:
    """Delete what a process that was killed left; only while no other backup is made."""
    for path in folder.glob(f"ship-or-skip-*{UNFINISHED}"):
        path.unlink(missing_ok=True)


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield the name to write to. The file has its own name once it is on disk; after an error there is none.

    Only its owner may read it: it holds email addresses.
    """
    unfinished = path.with_name(path.name + UNFINISHED)
    try:
        os.close(os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
        yield unfinished
        _flush(unfinished)
        unfinished.rename(path)
        _flush(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
