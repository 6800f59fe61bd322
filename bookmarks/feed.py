"""The private Atom feed of what changed for a reader's bookmarks since each was saved."""

from datetime import UTC
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, format_html_join

from bookmarks.queries import changes_of
from bookmarks.watch import TOLD
from tools.ledger import events
from tools.models import LedgerEntry
from web.strip_control_chars import strip_control_chars

MOST_EVENTS = 50
MOST_LINES = 500  # read for them: a deed of the panel writes a line per reviewer, and two more
Kind = LedgerEntry.Kind


class Feed(Atom1Feed):
    """Its time is that of the newest event; without any, that of the address: the same bytes each time."""

    def latest_post_date(self):
        return max([item["pubdate"] for item in self.items] or [self.feed["made_at"]])


def build_feed(address):
    """The feed of a FeedAddress, as text. One query, whatever is in it.

    It does not name its own address: readers of feeds pass on what they read.
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
    changes = changes_of(address.reader_id)[:MOST_LINES]
    for event in events(changes)[:MOST_EVENTS]:
        feed.add_item(
            title=strip_control_chars(title(event)),
            link=settings.SITE_URL + event.tool.get_absolute_url(),
            description=strip_control_chars(_summary(event)),
            unique_id=_tag(f"tools/{event.tool.pk}/{event.at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}"),
            pubdate=event.at,
            updateddate=event.at,
        )
    return feed.writeString("utf-8")


def title(event):
    """What an event says first: "Cursor: was Split, now Ship"."""
    weightiest = min(
        event.lines, key=lambda line: TOLD.index(line.kind) if line.kind in TOLD else 99
    )
    return f"{event.tool.name}: {told(weightiest)}"


def told(line):
    """A ledger line in plain words."""
    old, new = line.old or "not stated", line.new or "not stated"
    match line.kind:
        case Kind.PUBLISHED:
            return "added to the catalogue"
        case Kind.REVIEWED:
            return f"{line.subject} reviewed it{' again' if line.old else ''}: {new}"
        case Kind.VERDICT_CHANGED if line.old == "Not reviewed yet":
            return f"first panel verdict, {new}"
        case Kind.VERDICT_CHANGED:
            return f"was {old}, now {new}"
        case Kind.CORRECTED:
            return f"correction{f' of “{line.subject}”' if line.subject else ''}, now {new}"
        case _:
            return f"{WORDS[line.kind]} was {old}, now {new}"


WORDS = {
    Kind.SCORE_MOVED: "panel score",
    Kind.ENTRY_CHANGED: "entry",
    Kind.PRICE_CHANGED: "price",
    Kind.RENAMED: "name",
    Kind.STATUS_CHANGED: "status",
}


def _summary(event):
    lines = format_html_join("", "<li>{}</li>", ((told(line),) for line in event.lines))
    reasons = format_html_join("", "<p>{}</p>", ((reason,) for reason in event.reasons))
    return format_html("<ul>{}</ul>{}", lines, reasons)


def _tag(what):
    """A name that lasts, also when the tool or the site gets another address (RFC 4151)."""
    return f"tag:{urlsplit(settings.SITE_URL).hostname},2026:{what}"


def _name(address):
    """Stands for whose feed it is: renewing the address keeps it."""
    return salted_hmac("bookmarks.feed", str(address.reader_id), algorithm="sha256").hexdigest()[
        :16
    ]
