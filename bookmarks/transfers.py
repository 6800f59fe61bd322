"""Private links that copy a reader's bookmarks to another device: once, within 15 minutes."""

from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Reader
from bookmarks.merging import ImportedBookmark, MergeResult, merge
from bookmarks.models import Transfer
from bookmarks.queries import bookmarks_of
from bookmarks.reader_lock import lock_reader

LIFETIME = timedelta(minutes=15)


class State(StrEnum):
    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"
    OWN = "own"
    OPEN = "open"


class NotOpen(Exception):
    """The transfer was used already or has expired; nothing was changed."""


@transaction.atomic
def make_transfer(*, reader: Reader) -> Transfer:
    """Create a Transfer in place of the reader's earlier ones. Raises Reader.DoesNotExist."""
    lock_reader(reader)
    reader.transfers.filter(used_at=None).delete()
    return reader.transfers.create()


def open_transfer_of(reader: Reader) -> Transfer | None:
    """Return the Transfer of `reader` that can still be used, or None."""
    return reader.transfers.filter(used_at=None, made_at__gt=timezone.now() - LIFETIME).first()


def find_transfer(secret: str) -> Transfer | None:
    return Transfer.objects.filter(secret=secret).first()


def state_of(transfer: Transfer | None, reader_id: UUID | None) -> State:
    """Return the state of `transfer` for the reader with this id. Both are None if they do not exist."""
    if transfer is None:
        return State.UNKNOWN
    if transfer.used_at:
        return State.USED
    if transfer.made_at <= timezone.now() - LIFETIME:
        return State.EXPIRED
    return State.OWN if transfer.reader_id == reader_id else State.OPEN


@transaction.atomic
def receive_transfer(*, transfer: Transfer, reader: Reader) -> MergeResult:
    """Merge the bookmarks of `transfer` into those of `reader`.

    Raises NotOpen if it was already used or has expired, and Reader.DoesNotExist if the reader was deleted;
    then the link stays valid.
    """
    # The reader is locked before the transfer, as in `make_transfer`.
    lock_reader(reader)
    # Of two requests at the same time this statement lets one through.
    taken = Transfer.objects.filter(
        pk=transfer.pk, used_at=None, made_at__gt=timezone.now() - LIFETIME
    ).update(used_at=timezone.now())
    if not taken:
        raise NotOpen
    imported = [
        ImportedBookmark(
            tool=bookmark.tool,
            name=bookmark.saved_as,
            saved_at=bookmark.saved_at,
            seen_until=bookmark.seen_until,
            note=bookmark.note,
        )
        for bookmark in bookmarks_of(transfer.reader_id)
    ]
    return merge(reader=reader, imported=imported)
