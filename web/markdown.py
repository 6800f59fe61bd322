"""Markdown to HTML that contains only text, headings, lists, quotes, code and links."""

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {
    "a", "blockquote", "br", "code", "em", "h3", "h4", "hr", "li", "ol", "p", "pre", "strong", "ul",
}  # fmt: skip
LINK_SCHEMES = {"http", "https", "mailto"}
# A process keeps the HTML of so many texts of at most so many letters: some 10 MB.
KEPT_TEXTS, KEPT_LENGTH = 4096, 2000

_markdown = MarkdownIt("commonmark", {"html": False})


def render_markdown(text: str) -> SafeString:
    """Return `text` (Markdown, untrusted) as HTML that is safe to print on a page."""
    return _render_kept(text) if len(text) <= KEPT_LENGTH else _render(text)


def _render(text: str) -> SafeString:
    return mark_safe(  # noqa: S308 - nh3 has cleaned it
        nh3.clean(
            _markdown.render(text),
            tags=TAGS,
            attributes={"a": {"href"}},
            url_schemes=LINK_SCHEMES,
            link_rel="nofollow noopener",
        )
    )


# The key is the text itself, and the rules change only with the process, so that nothing can be stale.
_render_kept = lru_cache(maxsize=KEPT_TEXTS)(_render)
