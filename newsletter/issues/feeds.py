"""RSS and Atom feeds of the archive, each issue in full."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.html import escape
from django.utils.xmlutils import SimplerXMLGenerator

from newsletter.delivery.intro import intro_html
from newsletter.digest.plain_text import one_line
from newsletter.issues.archive import ARCHIVE_PAGE, ArchivedIssue
from newsletter.models import Issue
from web.public_page import public_page
from web.strip_control_chars import strip_control_chars

NEWEST = 20


class FullRss(Rss201rev2Feed):
    """RSS with each item in full, as the content module of RSS 1.0 defines it."""

    def rss_attributes(self) -> dict[str, str]:
        return super().rss_attributes() | {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/"
        }

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["content"])


class FullAtom(Atom1Feed):
    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html"})


class IssuesFeed(Feed):
    """Every URL begins with SITE_URL, whatever host the feed was requested from."""

    feed_type: type[SyndicationFeed] = FullRss
    url_name = "newsletter_rss"
    title = f"{settings.SITE_NAME} newsletter"
    description = "New and changed verdicts on AI tools, with the reasons."
    language = "en"
    author_name = settings.SITE_NAME

    def link(self) -> str:
        return settings.SITE_URL + reverse("newsletter_archive")

    def feed_url(self) -> str:
        return settings.SITE_URL + reverse(self.url_name)

    def items(self) -> list[ArchivedIssue]:
        return [ArchivedIssue.of(issue) for issue in Issue.objects.public()[:NEWEST]]

    def item_title(self, item: ArchivedIssue) -> str:
        return strip_control_chars(one_line(item.issue.subject))

    def item_description(self, item: ArchivedIssue) -> str:
        """Return the text as HTML, which RSS and the Atom of Django take it for."""
        return escape(strip_control_chars(one_line(item.description)))

    def item_link(self, item: ArchivedIssue) -> str:
        return settings.SITE_URL + item.issue.get_absolute_url()

    def item_pubdate(self, item: ArchivedIssue) -> datetime | None:
        return item.issue.published_at

    item_updateddate = item_pubdate

    def item_extra_kwargs(self, item: ArchivedIssue) -> dict[str, str]:
        context = {"screen": item, "base": settings.SITE_URL, "intro": intro_html(item.issue)}
        return {
            "content": strip_control_chars(render_to_string("newsletter/issue/full.html", context))
        }


class AtomFeed(IssuesFeed):
    feed_type = FullAtom
    url_name = "newsletter_atom"
    subtitle = IssuesFeed.description


newsletter_rss = public_page(ARCHIVE_PAGE)(IssuesFeed())
newsletter_atom = public_page(ARCHIVE_PAGE)(AtomFeed())
