"""Merges imported bookmarks with those that a reader has: no duplicates, no note lost."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Reader
from bookmarks.models import LONGEST_NOTE, MOST_BOOKMARKS, Bookmark
from tools.models import Tool

DIVIDER = "\n———\n"
JOINED_FIELDS = ["removed_at", "saved_at", "seen_until", "note"]


@dataclass(frozen=True)
class ImportedBookmark:
    """A bookmark from elsewhere. `tool` is None when the tool was deleted, a time when it is unknown."""

    tool: Tool | None
    name: str
    note: str
    saved_at: datetime | None = None
    seen_until: datetime | None = None


@dataclass
class MergeResult:
    """What became of each imported bookmark, by the name of its tool."""

    added: list[str] = field(default_factory=list)
    already_there: list[str] = field(default_factory=list)
    joined: list[str] = field(default_factory=list)
    # (name, note): both notes together are too long. The reader's own stays; this one is only shown.
    notes_left_out: list[tuple[str, str]] = field(default_factory=list)
    # (name, note): there is no room for them.
    left_out: list[tuple[str, str]] = field(default_factory=list)


@transaction.atomic
def merge(*, reader: Reader, imported: Sequence[ImportedBookmark]) -> MergeResult:
    """Add `imported` to the bookmarks of `reader`, as many as fit.

    Of two dates the earlier is kept, and what was seen on either side is seen. Doing it again changes
    nothing. Raises Reader.DoesNotExist when the reader was deleted meanwhile.
    """
    # Two tabs of one reader wait for each other here, or both could add the last that fits.
    Reader.objects.select_for_update(no_key=True).get(pk=reader.pk)
    own = {_key(kept.tool_id, kept.saved_as): kept for kept in reader.bookmarks.all()}
    room = MOST_BOOKMARKS - sum(kept.removed_at is None for kept in own.values())
    merged = MergeResult()
    new, changed = [], {}
    for incoming in imported:
        key = _key(incoming.tool and incoming.tool.pk, incoming.name)
        kept = own.get(key)
        is_there = kept is not None and kept.removed_at is None
        if not is_there and len(merged.added) == room:
            merged.left_out.append((incoming.name, incoming.note))
            continue
        (merged.already_there if is_there else merged.added).append(incoming.name)
        if kept is None:
            own[key] = _bookmark(reader, incoming)
            new.append(own[key])
        elif _join(kept, incoming, merged):
            changed[key] = kept
    Bookmark.objects.bulk_create(new)
    Bookmark.objects.bulk_update(
        [kept for kept in changed.values() if kept.pk], JOINED_FIELDS, batch_size=100
    )
    return merged


def joined(note, other):
    """Both notes, divided by a line; what stands in both stands there once."""
    if not (note and other):
        return note or other
    parts = dict.fromkeys(note.split(DIVIDER) + other.split(DIVIDER))
    return DIVIDER.join(part for part in parts if part)


def _key(tool_id, name):
    """Two deleted tools are the same when they had the same name."""
    return tool_id or name


def _bookmark(reader, incoming):
    saved_at = incoming.saved_at or timezone.now()
    return Bookmark(
        reader=reader,
        tool=incoming.tool,
        saved_as=incoming.name,
        saved_at=saved_at,
        seen_until=incoming.seen_until or saved_at,
        note=incoming.note,
    )


def _join(kept, incoming, merged):
    """Put `incoming` into `kept`, which is of the same tool; return whether anything changed."""
    before = _state(kept)
    kept.removed_at = None
    kept.saved_at = min(kept.saved_at, incoming.saved_at or kept.saved_at)
    kept.seen_until = max(kept.seen_until, incoming.seen_until or kept.seen_until)
    both = joined(kept.note, incoming.note)
    if len(both) > LONGEST_NOTE:
        merged.notes_left_out.append((incoming.name, incoming.note))
    else:
        if kept.note not in ("", both):
            merged.joined.append(incoming.name)
        kept.note = both
    return _state(kept) != before


def _state(kept):
    return [getattr(kept, name) for name in JOINED_FIELDS]
