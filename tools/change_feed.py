"""The change log as Atom feeds (RFC 4287), with ids that never change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, format_html_join
from django.utils.xmlutils import SimplerXMLGenerator

from tools.ledger import Event
from tools.ledger_words import event_text, headline
from web.strip_control_chars import strip_control_chars


class ChangeFeed(Atom1Feed):
    """A feed named `name`, of events with their corrections, of what the page at the path `page` shows.

    Dated by its newest event, or else `since`, so that the same events give the same bytes. `pages` are the
    relations of a paged feed to its other pages, by name, as URLs (RFC 5005).
    """

    def __init__(
        self,
        *,
        name: str,
        title: str,
        page: str,
        since: datetime,
        feed_url: str | None = None,
        pages: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(
            title=strip_control_chars(title),
            link=settings.SITE_URL + page,
            description=None,
            feed_guid=_tag(name),
            feed_url=feed_url,
            author_name=settings.SITE_NAME,
            language="en",
            since=since,
            pages=pages or {},
        )

    def add_event(self, event: Event) -> None:
        self.add_item(
            title=strip_control_chars(f"{event.tool.name}: {headline(event)}"),
            link=settings.SITE_URL + event.tool.get_absolute_url(),
            description=strip_control_chars(_summary(event)),
            unique_id=_tag(f"changes/{event.id}"),
            pubdate=event.at,
            updateddate=_updated(event),
        )

    def latest_post_date(self) -> datetime:
        return max([item["updateddate"] for item in self.items] or [self.feed["since"]])

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        for relation, url in self.feed["pages"].items():
            handler.addQuickElement("link", "", {"rel": relation, "href": url})


def _updated(event: Event) -> datetime:
    """Return when the event was last corrected, or else when it was written."""
    corrections: list[Any] = [entry.correction for entry in event.entries if entry.correction]
    return max([event.at, *(correction.at for correction in corrections)])


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
