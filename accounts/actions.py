from datetime import timedelta

from django.db import transaction

from accounts.models import Reader, today
from accounts.rate_limits import purge_limits_of
from accounts.readers import MAX_AGE

DELETED_AT_ONCE = 100  # readers, each with up to 500 bookmarks


@transaction.atomic
def delete_reader(*, reader: Reader) -> None:
    """Delete `reader` and everything that is only the reader's; votes stay counted, without the reader.

    The foreign key of each row that points at a reader decides what becomes of it. Deleting again changes
    nothing.
    """
    # A vote or a bookmark of this reader that arrives now waits, and then finds no reader to belong to.
    kept = Reader.objects.select_for_update().filter(pk=reader.pk).first()
    if kept:
        kept.delete()
        purge_limits_of(reader.pk)


def delete_unseen_readers() -> int:
    """Delete the readers whose cookie has expired, some at a time, as `delete_reader` does; return how many."""
    deleted = 0
    while count := _delete_some_unseen():
        deleted += count
    return deleted


@transaction.atomic
def _delete_some_unseen() -> int:
    # A day more, because a visit is stored once a day. One who is just acting is left for the next time.
    unseen = Reader.objects.filter(seen_on__lt=today() - MAX_AGE - timedelta(days=1))
    locked = unseen.order_by("seen_on").select_for_update(skip_locked=True)
    ids = list(locked.values_list("pk", flat=True)[:DELETED_AT_ONCE])
    Reader.objects.filter(pk__in=ids).delete()
    return len(ids)
