"""Create, renew and delete the secret address of a reader's private feed."""

from django.db import transaction
from django.utils import timezone

from accounts.models import Reader
from bookmarks.models import FeedAddress, make_secret
from bookmarks.reader_lock import lock_reader


@transaction.atomic
def start_feed(*, reader: Reader) -> FeedAddress:
    """Return the FeedAddress of `reader`, created if there is none. Raises Reader.DoesNotExist."""
    lock_reader(reader)
    return FeedAddress.objects.get_or_create(reader=reader)[0]


@transaction.atomic
def renew_feed(*, reader: Reader) -> FeedAddress:
    """Give the feed another secret: the old address stops working. Raises Reader.DoesNotExist."""
    lock_reader(reader)
    fresh = {"secret": make_secret(), "made_at": timezone.now()}
    return FeedAddress.objects.update_or_create(reader=reader, defaults=fresh)[0]


def end_feed(*, reader: Reader) -> None:
    FeedAddress.objects.filter(reader=reader).delete()
