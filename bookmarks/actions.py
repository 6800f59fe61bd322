from django.db import transaction
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.models import Reader
from bookmarks.models import MOST_BOOKMARKS, Bookmark


class TooManyBookmarks(Exception):
    """The reader keeps as many as there may be; nothing was changed."""


@transaction.atomic
def add_bookmark(*, reader, tool):
    """Keep `tool` for `reader`, and return the Bookmark. Adding it again changes nothing.

    One that was removed in the last day comes back as it was, with its note. Raises TooManyBookmarks,
    and Reader.DoesNotExist when the reader was forgotten meanwhile.
    """
    # Two tabs of one reader wait for each other here, or both could add the last that fits.
    Reader.objects.select_for_update(no_key=True).get(pk=reader.pk)
    kept = Bookmark.objects.filter(reader=reader, tool=tool).first()
    if kept and kept.removed_at is None:
        return kept
    if Bookmark.objects.of(reader.pk).count() >= MOST_BOOKMARKS:
        raise TooManyBookmarks
    if kept is None:
        now = timezone.now()
        return Bookmark.objects.create(
            reader=reader, tool=tool, saved_as=tool.name, saved_at=now, seen_until=now
        )
    kept.removed_at = None
    kept.save(update_fields=["removed_at"])
    return kept


def remove_bookmark(*, reader, tool):
    """Return whether there was one to remove. Adding it again within a day undoes it."""
    own = Bookmark.objects.of(reader.pk).filter(tool=tool)
    return bool(own.update(removed_at=timezone.now()))


def clear_gone(*, reader):
    """Delete the bookmarks of tools that readers do not see any more."""
    gone = Bookmark.objects.of(reader.pk)
    gone.exclude(pk__in=gone.shown().values("pk")).delete()


def write_note(*, reader, tool, note):
    """Return whether there was a bookmark to write it on."""
    return bool(Bookmark.objects.of(reader.pk).filter(tool=tool).update(note=note))


def mark_seen(*, reader, until):
    """Mark what the ledger told up to `until`, which is when the reader's list was made, as seen."""
    until = min(until, timezone.now())
    Bookmark.objects.of(reader.pk).update(seen_until=Greatest("seen_until", until))
