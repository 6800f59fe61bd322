from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.models import Reader
from bookmarks.models import MOST_BOOKMARKS, Bookmark
from bookmarks.reader_lock import lock_reader
from tools.models import Tool


class TooManyBookmarks(Exception):
    """The reader has reached the limit of bookmarks; nothing was changed."""


@transaction.atomic
def add_bookmark(*, reader: Reader, tool: Tool) -> Bookmark:
    """Bookmark `tool` for `reader`. Adding it again changes nothing.

    A bookmark that was removed in the last day is restored with its note. Raises TooManyBookmarks, and
    Reader.DoesNotExist if the reader was deleted.
    """
    # Requests of one reader wait for each other here: both could add the last bookmark that is allowed.
    lock_reader(reader)
    bookmark = Bookmark.objects.filter(reader=reader, tool=tool).first()
    if bookmark and bookmark.removed_at is None:
        return bookmark
    if Bookmark.objects.of(reader.pk).count() >= MOST_BOOKMARKS:
        raise TooManyBookmarks
    if bookmark is None:
        now = timezone.now()
        return Bookmark.objects.create(
            reader=reader, tool=tool, saved_as=tool.name, saved_at=now, seen_until=now
        )
    bookmark.removed_at = None
    bookmark.save(update_fields=["removed_at"])
    return bookmark


def remove_bookmark(*, reader: Reader, tool: Tool) -> bool:
    """Return whether there was one to remove. Adding it again within a day undoes this."""
    own = Bookmark.objects.of(reader.pk).filter(tool=tool)
    return bool(own.update(removed_at=timezone.now()))


@transaction.atomic
def remove_bookmarks(*, reader: Reader, slugs: Iterable[str]) -> None:
    """Remove the bookmarks of these tools. Adding them again within a day undoes this."""
    _wait_for_other_requests(reader)
    own = Bookmark.objects.of(reader.pk).filter(tool__slug__in=slugs)
    own.update(removed_at=timezone.now())


@transaction.atomic
def clear_gone(*, reader: Reader) -> None:
    """Delete the bookmarks of tools that are no longer shown to readers."""
    _wait_for_other_requests(reader)
    gone = Bookmark.objects.of(reader.pk)
    gone.exclude(pk__in=gone.shown().values("pk")).delete()


def write_note(*, reader: Reader, tool: Tool, note: str) -> bool:
    """Return whether there was a bookmark to write it on."""
    return bool(Bookmark.objects.of(reader.pk).filter(tool=tool).update(note=note))


@transaction.atomic
def mark_seen(*, reader: Reader, until: datetime) -> None:
    """Mark all changes up to `until`, the time at which the reader's list was built, as seen."""
    _wait_for_other_requests(reader)
    until = min(until, timezone.now())
    Bookmark.objects.of(reader.pk).update(seen_until=Greatest("seen_until", until))


def _wait_for_other_requests(reader: Reader) -> None:
    """Two statements that change several rows, each in the order of its plan, could deadlock."""
    with suppress(Reader.DoesNotExist):  # then there is nothing to change
        lock_reader(reader)
