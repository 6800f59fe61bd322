"""The dump that is published.

DATA_DIR holds a folder per dump, named by its time, and the link `current`. The dump before stays for those who are
downloading it.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from dump.files import CSV, JSON, SCHEMA

CURRENT, MANIFEST, SUMS, SIGNATURE = "current", "manifest.json", "SHA256SUMS", "manifest.json.sig"
NAME_FORMAT = "%Y-%m-%dT%H%M%S%fZ"


@dataclass(frozen=True)
class PublishedTable:
    """A table with its files, as the manifest describes them."""

    name: str
    json: dict[str, Any]
    csv: dict[str, Any]
    schema: dict[str, Any]


@dataclass(frozen=True)
class PublishedDump:
    folder: Path
    manifest: dict[str, Any]
    # {name: SHA-256} of the files that may be downloaded.
    hashes: dict[str, str]

    @property
    def made_at(self) -> datetime:
        return datetime.fromisoformat(self.manifest["made_at"])

    @property
    def tables(self) -> list[PublishedTable]:
        files = {file["name"]: file for file in self.manifest["files"]}
        names = [name.removesuffix(JSON) for name in files if name.endswith(JSON)]
        return [
            PublishedTable(name, *(files[name + suffix] for suffix in (JSON, CSV, SCHEMA)))
            for name in names
        ]

    @property
    def other_files(self) -> list[dict[str, Any]]:
        """The files that belong to no table."""
        files = self.manifest["files"]
        return [file for file in files if not file["name"].endswith((JSON, CSV, SCHEMA))]

    @property
    def is_signed(self) -> bool:
        return (self.folder / SIGNATURE).exists()


def dump_version() -> str:
    """Return the name of the folder that is published, "" without any."""
    if not settings.DATA_DIR:
        return ""
    try:
        return (Path(settings.DATA_DIR) / CURRENT).readlink().name
    except OSError:
        return ""


def dump_made_at() -> datetime | None:
    """Return when the published dump was made, without reading it."""
    name = dump_version()
    return datetime.strptime(name, NAME_FORMAT).replace(tzinfo=UTC) if name else None


def published_dump() -> PublishedDump | None:
    name = dump_version()
    folder = Path(settings.DATA_DIR) / name
    if not name:
        return None
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        sums = (folder / SUMS).read_text()
    except FileNotFoundError:  # deleted in this moment, because there is a newer one
        return None
    hashes = {name: digest for digest, name in (line.split("  ") for line in sums.splitlines())}
    for name in [SUMS, SIGNATURE]:
        if (folder / name).exists():
            hashes[name] = f"{manifest['made_at']}-{name}"  # not in a list of hashes
    return PublishedDump(folder, manifest, hashes)
