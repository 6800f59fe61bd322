"""How much storage bookmarks take, for the limit on what a network may store."""

from collections.abc import Iterable

from bookmarks.merging import ImportedBookmark
from bookmarks.models import Bookmark

ROW = 0.4  # kB of a bookmark without a note, with its indexes


def kilobytes(note: str) -> float:
    return len(note.encode()) / 1000


def kilobytes_of(bookmarks: Iterable[Bookmark | ImportedBookmark]) -> float:
    return sum(ROW + kilobytes(bookmark.note) for bookmark in bookmarks)
