"""The private Atom feed of what changed for a reader's bookmarks since each was saved."""

from django.conf import settings
from django.utils.crypto import salted_hmac

from bookmarks.models import FeedAddress
from bookmarks.queries import changes_of
from tools.change_feed import ChangeFeed
from tools.ledger import Event, corrected, events

MOST_EVENTS = 50
MOST_ENTRIES = 500  # read for these events: one of the panel has an entry per reviewer and two more


def build_feed(address: FeedAddress) -> str:
    """Return the feed of `address` as XML, in two queries.

    It does not contain its own secret address, because feed readers may share what they read.
    """
    feed = ChangeFeed(
        name=f"bookmarks/{_name(address)}",
        title=f"Your bookmarks on {settings.SITE_NAME}: what changed",
        page="/bookmarks/",
        since=address.made_at,
    )
    for event in _events(address)[:MOST_EVENTS]:
        feed.add_event(event)
    return feed.writeString("utf-8")


def _events(address: FeedAddress) -> list[Event]:
    """Return the newest events, without one that the limit may have cut in two."""
    entries = corrected(changes_of(address.reader_id)[:MOST_ENTRIES])
    found = events(entries)
    return found[:-1] if len(entries) == MOST_ENTRIES else found


def _name(address: FeedAddress) -> str:
    """Return a name of the reader's feed that stays the same when the address is renewed."""
    return salted_hmac("bookmarks.feed", str(address.reader_id), algorithm="sha256").hexdigest()[
        :16
    ]
