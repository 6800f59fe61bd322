"""The release, static files as `collectstatic` left them, and room on the disks of this machine."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files import File
from django.core.files.storage import storages

from config.health.parts import Finding

LEAST_FREE = 100_000_000  # bytes
GIVE_FOLDER = "Make the user of the worker its owner, or run this command as that user."
COLLECT = "Run manage.py collectstatic."


def release() -> Finding:
    return Finding("release", f"{settings.VERSION}, code and printed settings {settings.RELEASE}")


def static_files() -> Finding:
    storage = storages["staticfiles"]
    if not isinstance(storage, ManifestStaticFilesStorage):
        return Finding("static files", "served from their sources")
    if not storage.hashed_files:
        return Finding("static files", "not collected", is_well=False, hint=COLLECT)
    if stale := next(_stale(storage), None):
        text = f"not those of this release: {stale}"
        return Finding("static files", text, is_well=False, hint=COLLECT)
    return Finding("static files", f"{len(storage.hashed_files)} collected")


def disk() -> Finding:
    folders = [settings.BASE_DIR, settings.STATIC_ROOT, Path(tempfile.gettempdir())]
    if settings.BACKUP_DIR:
        folders.append(Path(settings.BACKUP_DIR))
    if settings.DATA_DIR:
        folders.append(Path(settings.DATA_DIR))
    free, folder = min((shutil.disk_usage(each).free, each) for each in folders if each.exists())
    return Finding(
        "disk",
        f"{free / 1e9:.1f} GB free at {folder}",
        is_well=free >= LEAST_FREE,
        hint="Delete what is not needed there, old logs first.",
    )


def dump_folder() -> Finding:
    """Whether the user of this command, which should be that of the worker, can publish."""
    if not settings.DATA_DIR:
        return Finding("dump folder", "none, so nothing is published under /data/")
    signed = "signed" if settings.DATA_SIGNING_KEY else "not signed"
    if os.access(_nearest(Path(settings.DATA_DIR)), os.W_OK):
        return Finding("dump folder", f"{settings.DATA_DIR}, {signed}")
    text = f"{settings.DATA_DIR} cannot be written by this user"
    return Finding("dump folder", text, is_well=False, hint=GIVE_FOLDER)


def _nearest(folder: Path) -> Path:
    """Return the folder, or the one above that it would be made in."""
    return next(path for path in [folder, *folder.parents] if path.exists())


def _stale(storage: ManifestStaticFilesStorage) -> Iterator[str]:
    """Yield the names of files that are missing, or have changed since. Changed stylesheets are not noticed."""
    for finder in get_finders():
        for name, source in finder.list([]):
            collected = storage.hashed_files.get(storage.hash_key(name))
            if collected is None or not storage.exists(collected):
                yield name
                continue
            with source.open(name) as content:
                if (
                    not _is_rewritten(name, content)
                    and storage.hashed_name(name, content) != collected
                ):
                    yield name


def _is_rewritten(name: str, content: File) -> bool:
    """Whether `collectstatic` changes the file before it hashes it."""
    return name.endswith(".css") or b"sourceMappingURL" in content.read()
