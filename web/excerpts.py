"""The first sentences of a text, without its Markdown."""

import html
import re

from django.utils.html import strip_tags

from web.markdown import render_markdown

EXCERPT_LENGTH = 180
# Far more Markdown than an excerpt of that length needs: a long review costs no more than a short one.
SOURCE_LENGTH = 10 * EXCERPT_LENGTH
# What a search engine shows of a page's description.
DESCRIPTION_LENGTH = 155
# Where a sentence ends, in Latin, Arabic and Chinese script.
SENTENCE_END = re.compile(r"[.!?؟](?=\s|$)|[。！？]")
# A first sentence shorter than this says too little alone.
ENOUGH = 60


def excerpt_from(body: str) -> str:
    """Return the first sentences of `body` (Markdown) as plain text."""
    return first_sentences(plain_text(body[:SOURCE_LENGTH]), ENOUGH, EXCERPT_LENGTH)


def first_sentences(text: str, enough: int, length: int) -> str:
    """Return the first sentences of a plain text: `enough` characters or more together, cut at `length`."""
    ends = (match.end() for match in SENTENCE_END.finditer(text))
    end = next((end for end in ends if end >= enough), len(text))
    return shorten(text[:end], length)


def whole_sentences(text: str, length: int) -> str:
    """Return the first sentences of a plain text that fit into `length`; if none does, the text cut."""
    ends = [match.end() for match in SENTENCE_END.finditer(text) if match.end() <= length]
    return text[: ends[-1]] if ends else shorten(text, length)


def plain_text(body: str) -> str:
    """Return `body` (Markdown) as one line of plain text."""
    return " ".join(html.unescape(strip_tags(render_markdown(body))).split())


def shorten(text: str, length: int) -> str:
    """Cut `text` after the last word that fits into `length`, or within a word that fills most of it."""
    if len(text) <= length:
        return text
    words = text[:length].rpartition(" ")[0]
    if len(words) < length // 2:
        words = text[: length - 1]
    return words.rstrip(" ,;:–—-") + "…"
