"""Merges imported bookmarks into those of a reader, without duplicates and without losing a note."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Reader
from bookmarks.models import LONGEST_NOTE, MOST_BOOKMARKS, Bookmark
from bookmarks.reader_lock import lock_reader
from tools.models import Tool

type Key = int | str

SEPARATOR = "\n———\n"
JOINED_FIELDS = ["removed_at", "saved_at", "seen_until", "note"]


@dataclass(frozen=True)
class ImportedBookmark:
    """A bookmark from a file or another browser. `tool` is None if it was deleted; unknown times are None."""

    tool: Tool | None
    name: str
    note: str
    saved_at: datetime | None = None
    seen_until: datetime | None = None


@dataclass
class MergeResult:
    """The result for each imported bookmark, by the name of its tool."""

    added: list[str] = field(default_factory=list)
    already_there: list[str] = field(default_factory=list)
    joined_notes: list[str] = field(default_factory=list)
    # (name, note): both notes together are too long, so the reader's own was kept.
    notes_left_out: list[tuple[str, str]] = field(default_factory=list)
    # (name, note): the reader has no room for more bookmarks.
    left_out: list[tuple[str, str]] = field(default_factory=list)


@transaction.atomic
def merge(*, reader: Reader, imported: Sequence[ImportedBookmark]) -> MergeResult:
    """Add `imported` to the bookmarks of `reader`, as many as the limit allows.

    The earlier of two dates of saving is kept, and the later of two dates up to which changes were seen.
    Merging the same again changes nothing. Raises Reader.DoesNotExist if the reader was deleted.
    """
    # Requests of one reader wait for each other here: both could add the last bookmark that is allowed.
    lock_reader(reader)
    own = {
        _key(bookmark.tool_id, bookmark.saved_as): bookmark for bookmark in reader.bookmarks.all()
    }
    room = MOST_BOOKMARKS - sum(bookmark.removed_at is None for bookmark in own.values())
    result = MergeResult()
    new: list[Bookmark] = []
    changed: dict[Key, Bookmark] = {}
    for incoming in imported:
        key = _key(incoming.tool.pk if incoming.tool else None, incoming.name)
        bookmark = own.get(key)
        is_there = bookmark is not None and bookmark.removed_at is None
        if not is_there and len(result.added) == room:
            result.left_out.append((incoming.name, incoming.note))
            continue
        (result.already_there if is_there else result.added).append(incoming.name)
        if bookmark is None:
            own[key] = _new_bookmark(reader, incoming)
            new.append(own[key])
        elif _join(bookmark, incoming, result):
            changed[key] = bookmark
    Bookmark.objects.bulk_create(new)
    stored = [bookmark for bookmark in changed.values() if bookmark.pk]
    Bookmark.objects.bulk_update(stored, JOINED_FIELDS, batch_size=100)
    return result


def join_notes(note: str, other: str) -> str:
    """Return both notes, separated by a line, without repeating a part that is in both."""
    if not (note and other):
        return note or other
    parts = dict.fromkeys(note.split(SEPARATOR) + other.split(SEPARATOR))
    return SEPARATOR.join(part for part in parts if part)


def _key(tool_id: int | None, name: str) -> Key:
    """Two deleted tools count as the same if they had the same name."""
    return tool_id or name


def _new_bookmark(reader: Reader, incoming: ImportedBookmark) -> Bookmark:
    saved_at = incoming.saved_at or timezone.now()
    return Bookmark(
        reader=reader,
        tool=incoming.tool,
        saved_as=incoming.name,
        saved_at=saved_at,
        seen_until=incoming.seen_until or saved_at,
        note=incoming.note,
    )


def _join(bookmark: Bookmark, incoming: ImportedBookmark, result: MergeResult) -> bool:
    """Merge `incoming` into the `bookmark` of the same tool; return whether anything changed."""
    before = _state(bookmark)
    bookmark.removed_at = None
    bookmark.saved_at = min(bookmark.saved_at, incoming.saved_at or bookmark.saved_at)
    bookmark.seen_until = max(bookmark.seen_until, incoming.seen_until or bookmark.seen_until)
    both = join_notes(bookmark.note, incoming.note)
    if len(both) > LONGEST_NOTE:
        result.notes_left_out.append((incoming.name, incoming.note))
    else:
        if bookmark.note not in ("", both):
            result.joined_notes.append(incoming.name)
        bookmark.note = both
    return _state(bookmark) != before


def _state(bookmark: Bookmark) -> list[Any]:
    return [getattr(bookmark, name) for name in JOINED_FIELDS]
