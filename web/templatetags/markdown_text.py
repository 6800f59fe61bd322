"""Values in templates of Markdown. tests/config/test_templates.py holds that each value passes one of these filters."""

from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime

from web.markdown_page import markdown_path
from web.markdown_text import escape_markdown, link_destination, one_line, quote_markdown

register = template.Library()


@register.filter
def md(value: Any) -> str:
    """Return the text of a value, on one line."""
    return escape_markdown(str(value))


@register.filter
def md_quote(text: str) -> str:
    """Return what staff wrote as Markdown, as a block quote."""
    return quote_markdown(text)


@register.filter
def md_date(day: date) -> str:
    return date_format(day, "j M Y")


@register.filter
def md_time(moment: datetime) -> str:
    return date_format(localtime(moment), "j M Y, H:i T")


@register.filter
def md_url(url: str) -> str:
    """Return a URL, or a path of this site, as the destination of a link."""
    return link_destination(settings.SITE_URL + url if url.startswith("/") else url)


@register.filter
def md_page(path: str) -> str:
    """Return the address of the Markdown of the page at `path`."""
    return md_url(markdown_path(path))


@register.simple_block_tag
def line(content: str) -> str:
    """Write on one line what has several in the template: a row of a table, an item of a list, a heading."""
    return one_line(content)
