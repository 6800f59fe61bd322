"""The private Atom feed of what changed for a reader's bookmarks since each was saved."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, format_html_join

from bookmarks.models import FeedAddress
from bookmarks.queries import changes_of
from tools.ledger import Event, corrected, events
from tools.ledger_words import event_text, headline
from web.strip_control_chars import strip_control_chars

MOST_EVENTS = 50
MOST_ENTRIES = 500  # read for these events: one of the panel has an entry per reviewer and two more


class Feed(Atom1Feed):
    """Dated by its newest event, or else by its address, so that the same events give the same bytes."""

    def latest_post_date(self) -> datetime:
        return max([item["pubdate"] for item in self.items] or [self.feed["made_at"]])


def build_feed(address: FeedAddress) -> str:
    """Return the feed of `address` as XML, in two queries.

    It does not contain its own secret address, because feed readers may share what they read.
    """
    feed = Feed(
        title=f"Your bookmarks on {settings.SITE_NAME}: what changed",
        link=f"{settings.SITE_URL}/bookmarks/",
        description=None,
        feed_guid=_tag(f"bookmarks/{_name(address)}"),
        author_name=settings.SITE_NAME,
        language="en",
        made_at=address.made_at,
    )
    for event in _events(address)[:MOST_EVENTS]:
        feed.add_item(
            title=strip_control_chars(f"{event.tool.name}: {headline(event)}"),
            link=settings.SITE_URL + event.tool.get_absolute_url(),
            description=strip_control_chars(_summary(event)),
            unique_id=_tag(f"changes/{event.id}"),
            pubdate=event.at,
            updateddate=event.at,
        )
    return feed.writeString("utf-8")


def _events(address: FeedAddress) -> list[Event]:
    """Return the newest events, without one that the limit may have cut in two."""
    entries = corrected(changes_of(address.reader_id)[:MOST_ENTRIES])
    found = events(entries)
    return found[:-1] if len(entries) == MOST_ENTRIES else found


def _summary(event: Event) -> str:
    text = event_text(event)
    sentences = [line.sentence for line in text.lines]
    sentences += [line.correction for line in text.lines if line.correction]
    lines = format_html_join("", "<li>{}</li>", ((sentence,) for sentence in sentences))
    reasons = format_html_join("", "<p>{}</p>", ((reason,) for reason in text.reasons))
    return format_html("<ul>{}</ul>{}", lines, reasons)


def _tag(specific: str) -> str:
    """Return a tag URI (RFC 4151): an identifier that stays the same when a URL changes."""
    return f"tag:{urlsplit(settings.SITE_URL).hostname},2026:{specific}"


def _name(address: FeedAddress) -> str:
    """Return a name of the reader's feed that stays the same when the address is renewed."""
    return salted_hmac("bookmarks.feed", str(address.reader_id), algorithm="sha256").hexdigest()[
        :16
    ]
