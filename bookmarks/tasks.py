"""Hourly deletion of what has expired."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from bookmarks.models import Bookmark, Transfer

KEPT_FOR = timedelta(days=1)


# Until then undo restores a bookmark with its note.
@app.periodic(cron="30 * * * *")
@app.task(queueing_lock="purge_removed_bookmarks")
def purge_removed_bookmarks(timestamp: int) -> None:
    Bookmark.objects.filter(removed_at__lt=timezone.now() - KEPT_FOR).delete()


# Until then an old link says that it was used or has expired.
@app.periodic(cron="30 * * * *")
@app.task(queueing_lock="purge_old_transfers")
def purge_old_transfers(timestamp: int) -> None:
    Transfer.objects.filter(made_at__lt=timezone.now() - KEPT_FOR).delete()
