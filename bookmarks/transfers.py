"""Private links that carry a reader's bookmarks to another device: once, within 15 minutes."""

from datetime import timedelta
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from accounts.models import Reader
from accounts.readers import make_reader
from bookmarks.merging import ImportedBookmark, merge
from bookmarks.models import Transfer
from bookmarks.queries import bookmarks_of

LIFETIME = timedelta(minutes=15)


class State(StrEnum):
    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"
    OWN = "own"
    OPEN = "open"


@transaction.atomic
def make_transfer(*, reader):
    """Make a Transfer; a link that `reader` made before ends. Raises Reader.DoesNotExist."""
    Reader.objects.select_for_update(no_key=True).get(pk=reader.pk)
    reader.transfers.filter(used_at=None).delete()
    return reader.transfers.create()


def open_transfer_of(reader):
    """The Transfer of `reader` that can still be used, or None."""
    return reader.transfers.filter(used_at=None, made_at__gt=timezone.now() - LIFETIME).first()


def find_transfer(secret):
    return Transfer.objects.filter(secret=secret).first()


def state_of(transfer, reader_id):
    """What the reader (an id, or None) can do with `transfer` (or None, when there is no such)."""
    if transfer is None:
        return State.UNKNOWN
    if transfer.used_at:
        return State.USED
    if transfer.made_at <= timezone.now() - LIFETIME:
        return State.EXPIRED
    return State.OWN if transfer.reader_id == reader_id else State.OPEN


@transaction.atomic
def receive_transfer(*, transfer, reader, address):
    """Merge the bookmarks of `transfer` into those of `reader`; return (reader, MergeResult).

    None when somebody else was quicker, or it is too late: then nothing was changed. Without a `reader`
    one is made, from `address`. Raises Reader.DoesNotExist, and the link stays good, when the reader was
    forgotten meanwhile.
    """
    # This statement alone decides who gets them.
    taken = Transfer.objects.filter(
        pk=transfer.pk, used_at=None, made_at__gt=timezone.now() - LIFETIME
    ).update(used_at=timezone.now())
    if not taken:
        return None
    reader = reader or make_reader(address)
    imported = [
        ImportedBookmark(
            tool=kept.tool,
            name=kept.saved_as,
            saved_at=kept.saved_at,
            seen_until=kept.seen_until,
            note=kept.note,
        )
        for kept in bookmarks_of(transfer.reader_id)
    ]
    return reader, merge(reader=reader, imported=imported)
