from django.db import transaction

from accounts.models import RateLimit, Reader


@transaction.atomic
def delete_reader(*, reader: Reader) -> None:
    """Delete `reader`, and with it all that is the reader's alone; what others count stays, nameless.

    What becomes of a row that points at a reader, its foreign key says. Forgetting again changes nothing.
    """
    # A vote or a bookmark of this reader that comes now waits, and then finds nobody it could belong to.
    kept = Reader.objects.select_for_update().filter(pk=reader.pk).first()
    if kept:
        kept.delete()
        RateLimit.objects.filter(name__endswith=reader.pk.hex).delete()
