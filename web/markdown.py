"""Markdown to HTML that contains only text, headings, lists, quotes, code and links."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {
    "a", "blockquote", "br", "code", "em", "h3", "h4", "hr", "li", "ol", "p", "pre", "strong", "ul",
}  # fmt: skip
LINK_SCHEMES = {"http", "https", "mailto"}

_markdown = MarkdownIt("commonmark", {"html": False})


def render_markdown(text: str) -> SafeString:
    """Return `text` (Markdown, untrusted) as HTML that is safe to print on a page."""
    return mark_safe(
        nh3.clean(
            _markdown.render(text),
            tags=TAGS,
            attributes={"a": {"href"}},
            url_schemes=LINK_SCHEMES,
            link_rel="nofollow noopener",
        )
    )
