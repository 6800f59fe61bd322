from accounts.models import Reader


def lock_reader(reader: Reader) -> None:
    """Let other requests of the reader wait until this transaction ends. Raises Reader.DoesNotExist if it was deleted.

    It comes before the locks of transfers and bookmarks, see docs/architecture.md.
    """
    Reader.objects.select_for_update(no_key=True).get(pk=reader.pk)
