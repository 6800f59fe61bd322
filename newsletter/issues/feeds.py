"""RSS and Atom of the issues that went out, each in full."""

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed

from newsletter.delivery.intro import intro_html
from newsletter.digest.plain_text import one_line
from newsletter.issues.archive import ArchivedIssue, archive_version
from newsletter.models import Issue
from web.public_page import public_page
from web.strip_control_chars import strip_control_chars

NEWEST = 20


class FullRss(Rss201rev2Feed):
    """RSS with each item in full, as the content module of RSS 1.0 has it."""

    def rss_attributes(self):
        return super().rss_attributes() | {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/"
        }

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["content"])


class FullAtom(Atom1Feed):
    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html"})


class IssuesFeed(Feed):
    """Every address in it is ours by the settings, whatever host it was asked for at."""

    feed_type = FullRss
    url_name = "newsletter_rss"
    title = f"{settings.SITE_NAME}: the newsletter"
    description = "New and changed verdicts on AI tools, with the reasons."
    language = "en"
    author_name = settings.SITE_NAME

    def link(self):
        return settings.SITE_URL + reverse("newsletter_archive")

    def feed_url(self):
        return settings.SITE_URL + reverse(self.url_name)

    def items(self):
        return [ArchivedIssue.of(issue) for issue in Issue.objects.public()[:NEWEST]]

    def item_title(self, item):
        return one_line(item.issue.subject)

    def item_description(self, item):
        return one_line(item.description)

    def item_link(self, item):
        return settings.SITE_URL + item.issue.get_absolute_url()

    def item_pubdate(self, item):
        return item.issue.published_at

    item_updateddate = item_pubdate

    def item_extra_kwargs(self, item):
        context = {"screen": item, "base": settings.SITE_URL, "intro": intro_html(item.issue)}
        return {
            "content": strip_control_chars(render_to_string("newsletter/issue/full.html", context))
        }


class AtomFeed(IssuesFeed):
    feed_type = FullAtom
    url_name = "newsletter_atom"
    subtitle = IssuesFeed.description


newsletter_rss = public_page(archive_version)(IssuesFeed())
newsletter_atom = public_page(archive_version)(AtomFeed())
