"""The HTML and text parts of an issue's email, with placeholders for the subscriber's personal links."""

import re
from functools import cached_property
from typing import Any
from uuid import UUID

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from newsletter.delivery.intro import intro_html, intro_text
from newsletter.digest.default_copy import default_preheader
from newsletter.digest.digest import Digest
from newsletter.digest.sections import PARTS, format_days, sections
from newsletter.models import Issue
from newsletter.subscribers.links import address_of, subscriber_token

__all__ = ["PARTS", "IssueEmail"]

# Stands for the subscriber's token in links until the message for a subscriber is built.
PLACEHOLDER = "TOKEN-OF-THE-SUBSCRIBER"
# Gmail clips a message at 102 kB.
MAX_HTML_BYTES = 100_000
# The most items in a part; the next lower number is used while the HTML is too large.
ITEMS_PER_PART = (12, 8, 5, 3, 1)

_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, minify_css=True)


class IssueEmail:
    """The email of `issue` for everybody who gets `digest`, rendered once on first use.

    The parts are in the order of `issue.parts`. A part that is not listed there, or that is empty,
    is left out. While the issue has no number, the link to the site leads to the archive.
    """

    def __init__(self, issue: Issue, digest: Digest) -> None:
        self.issue = issue
        self.digest = digest
        self.subject = issue.subject
        # Counted by default, so that it says what this email holds.
        self.preheader = issue.preheader or default_preheader(digest)

    @property
    def is_empty(self) -> bool:
        is_announcement = self.digest.is_announcement
        return not is_announcement and not sections(
            self.digest, self.issue.parts, self.issue.cadence
        )

    @cached_property
    def html(self) -> str:
        return self._html_and_text[0]

    @cached_property
    def text(self) -> str:
        return self._html_and_text[1]

    def html_for(self, key: UUID) -> str:
        """Return the HTML with the personal links of the subscriber who has this key."""
        return self.html.replace(PLACEHOLDER, subscriber_token(key))

    def text_for(self, key: UUID) -> str:
        return self.text.replace(PLACEHOLDER, subscriber_token(key))

    @cached_property
    def _html_and_text(self) -> tuple[str, str]:
        """Both parts, with as many items as the size limit allows, the same in both."""
        *higher_limits, lowest = ITEMS_PER_PART
        for limit in higher_limits:
            context = self._context(limit)
            html = _render_html(context)
            if len(html.encode()) <= MAX_HTML_BYTES:
                return html, _render_text(context)
        context = self._context(lowest)
        return _render_html(context), _render_text(context)

    def _context(self, limit: int) -> dict[str, Any]:
        issue = self.issue
        return {
            "issue": issue,
            "preheader": self.preheader,
            "digest": self.digest,
            "sections": sections(self.digest, issue.parts, issue.cadence, limit=limit),
            "days": format_days(self.digest),
            "intro_html": intro_html(issue),
            "intro_text": intro_text(issue),
            "site_name": settings.SITE_NAME,
            "site_url": settings.SITE_URL,
            "postal_address": settings.NEWSLETTER_POSTAL_ADDRESS,
            "issue_url": self._public_address(),
            "unsubscribe_url": address_of("unsubscribe", PLACEHOLDER),
            "preferences_url": address_of("preferences", PLACEHOLDER),
        }

    def _public_address(self) -> str:
        path = self.issue.get_absolute_url() if self.issue.number else reverse("newsletter_archive")
        return settings.SITE_URL + path


def _render_html(context: dict[str, Any]) -> str:
    """Render without the indentation of the templates, a quarter of the size."""
    html = render_to_string("newsletter/mail/issue.html", context)
    return _inliner.inline(re.sub(r"\n\s*", "\n", html))


def _render_text(context: dict[str, Any]) -> str:
    """Render without the trailing spaces and repeated empty lines that template tags leave."""
    text = render_to_string("newsletter/mail/issue.txt", context)
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"
