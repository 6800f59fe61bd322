"""What a page says about itself in its head: once for the browser, once for links that are shared (Open Graph)."""

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_block_tag
def page_title(content: str) -> SafeString:
    """Print the title, and the same without the name of the site, which og:site_name has."""
    title = _one_line(content)
    short = mark_safe(title.removesuffix(f" — {settings.SITE_NAME}"))  # noqa: S308 - escaped
    return format_html('<title>{}</title>\n  <meta property="og:title" content="{}">', title, short)


@register.simple_block_tag
def page_description(content: str) -> SafeString:
    return format_html(
        '<meta name="description" content="{0}">\n  <meta property="og:description" content="{0}">',
        _one_line(content),
    )


def _one_line(content: str) -> SafeString:
    """Return HTML that a template escaped as one line, for an attribute too."""
    return mark_safe(" ".join(content.split()).replace('"', "&quot;"))  # noqa: S308 - escaped
