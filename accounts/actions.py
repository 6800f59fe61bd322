from django.db import transaction

from accounts.models import Reader
from accounts.rate_limits import purge_limits_of


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
