"""The introduction that staff write in Markdown, for emails and feeds."""

import re

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from newsletter.models import Issue
from web.markdown import render_markdown


def intro_html(issue: Issue) -> SafeString:
    """Return safe HTML with absolute links."""
    html = render_markdown(issue.intro)
    return mark_safe(re.sub(r'href="/(?!/)', f'href="{settings.SITE_URL}/', html))  # noqa: S308 - the Markdown is cleaned


def intro_text(issue: Issue) -> str:
    """Return the Markdown itself, which is readable as plain text, with absolute links."""
    return re.sub(r"\]\(/(?!/)", f"]({settings.SITE_URL}/", issue.intro).strip()
