"""The first sentences of a review, as plain text."""

import html
import re

from django.utils.html import strip_tags

from web.markdown import render_markdown

EXCERPT_LENGTH = 180
# Far more Markdown than an excerpt of that length needs: a long review costs no more than a short one.
SOURCE_LENGTH = 10 * EXCERPT_LENGTH
# Where a sentence ends, in Latin, Arabic and Chinese script.
SENTENCE_END = re.compile(r"[.!?؟](?=\s|$)|[。！？]")
# A first sentence shorter than this says too little alone.
ENOUGH = 60


def excerpt_from(body: str) -> str:
    """Return the first sentences of `body` (Markdown) as plain text, at most EXCERPT_LENGTH long."""
    rendered = render_markdown(body[:SOURCE_LENGTH])
    text = " ".join(html.unescape(strip_tags(rendered)).split())
    ends = (match.end() for match in SENTENCE_END.finditer(text))
    end = next((end for end in ends if end >= ENOUGH), len(text))
    return shorten(text[:end], EXCERPT_LENGTH)


def shorten(text: str, length: int) -> str:
    """Cut `text` after the last word that fits into `length`, or within a word that fills most of it."""
    if len(text) <= length:
        return text
    words = text[:length].rpartition(" ")[0]
    if len(words) < length // 2:
        words = text[: length - 1]
    return words.rstrip(" ,;:–—-") + "…"
