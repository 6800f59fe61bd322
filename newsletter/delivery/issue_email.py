"""An issue as a mail: its HTML and its text, both with places for a subscriber's own links."""

import re
from functools import cached_property

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from newsletter.delivery.intro import intro_html, intro_text
from newsletter.digest.sections import PARTS, first_day, last_day, sections
from newsletter.subscribers.links import address_of, subscriber_token

__all__ = ["PARTS", "IssueEmail"]

# Stands for the subscriber's token in addresses until a mail is somebody's.
PLACEHOLDER = "TOKEN-OF-THE-SUBSCRIBER"
# Gmail cuts a mail off at 102 kB.
LARGEST = 100_000  # bytes of HTML
# Items per part; the next lower number is taken while the HTML is too large.
MOST_PER_PART = (12, 8, 5, 3, 1)

_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, minify_css=True)


class IssueEmail:
    """What is common to all who get `digest` as `issue`: rendered once, on first use.

    Its parts stand in the order of `issue.parts`; a part that is not among them, or has nothing, is left
    out. While the issue has no number yet, "Read it on the site" leads to the archive.
    """

    def __init__(self, issue, digest):
        self.issue = issue
        self.digest = digest
        self.subject = issue.subject
        self.preheader = issue.preheader

    @property
    def is_empty(self):
        return not sections(self.digest, self.issue.parts, self.issue.cadence)

    @cached_property
    def html(self):
        return self._parts_of_mail[0]

    @cached_property
    def text(self):
        return self._parts_of_mail[1]

    def html_for(self, key):
        """The HTML as the subscriber with this key (UUID) gets it."""
        return self.html.replace(PLACEHOLDER, subscriber_token(key))

    def text_for(self, key):
        return self.text.replace(PLACEHOLDER, subscriber_token(key))

    @cached_property
    def _parts_of_mail(self):
        """(HTML, text), with as many items as the size allows, the same in both."""
        for most in MOST_PER_PART:
            context = self._context(most)
            html = _inliner.inline(_dense(render_to_string("newsletter/mail/issue.html", context)))
            if len(html.encode()) <= LARGEST:
                break
        return html, _tidy(render_to_string("newsletter/mail/issue.txt", context))

    def _context(self, most):
        issue = self.issue
        return {
            "issue": issue,
            "digest": self.digest,
            "sections": sections(self.digest, issue.parts, issue.cadence, most=most),
            "first_day": first_day(self.digest),
            "last_day": last_day(self.digest),
            "intro_html": intro_html(issue),
            "intro_text": intro_text(issue),
            "site_name": settings.SITE_NAME,
            "site_url": settings.SITE_URL,
            "postal_address": settings.NEWSLETTER_POSTAL_ADDRESS,
            "issue_url": self._public_address(),
            "unsubscribe_url": address_of("unsubscribe", PLACEHOLDER),
            "preferences_url": address_of("preferences", PLACEHOLDER),
        }

    def _public_address(self):
        path = self.issue.get_absolute_url() if self.issue.number else reverse("newsletter_archive")
        return settings.SITE_URL + path


def _dense(html):
    """Without the indentation of templates: a quarter of the size."""
    return re.sub(r"\n\s*", "\n", html)


def _tidy(text):
    """No trailing spaces, never two empty lines: what tags of a template leave behind."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"
