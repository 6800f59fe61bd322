"""The introduction of an issue, in Markdown by staff, for places away from the site."""

import re

from django.conf import settings
from django.utils.safestring import mark_safe

from web.markdown import render_markdown


def intro_html(issue):
    """Safe HTML; links within the site have its whole address."""
    html = render_markdown(issue.intro)
    return mark_safe(re.sub(r'href="/(?!/)', f'href="{settings.SITE_URL}/', html))


def intro_text(issue):
    """The Markdown itself, which reads well as text."""
    return re.sub(r"\]\(/(?!/)", f"]({settings.SITE_URL}/", issue.intro).strip()
