"""What changed between two texts, word by word, as HTML with <del> and <ins>."""

import re
from difflib import SequenceMatcher

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tools.marked_diff import mark_difference

TOKENS = re.compile(r"\s+|\S+")
# Words and the spaces between them. The time grows with the square of their number.
MOST_TOKENS = 2_000


def mark_words(old: str, new: str) -> SafeString:
    """Return `new` with the words that it lacks of `old` in <del>, and those that `old` lacks in <ins>.

    Between long texts everything from the first to the last difference is marked.
    """
    old, new = (text.replace("\r\n", "\n") for text in (old, new))
    before, after = TOKENS.findall(old), TOKENS.findall(new)
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    changed = before[start : len(before) - end], after[start : len(after) - end]
    if sum(map(len, changed)) > MOST_TOKENS:
        return mark_difference(old, new)
    return format_html(
        "{}{}{}", "".join(after[:start]), _marked(*changed), "".join(after[len(after) - end :])
    )


def _marked(before: list[str], after: list[str]) -> SafeString:
    steps = SequenceMatcher(None, before, after).get_opcodes()
    parts = [(before[a:b], after[c:d], step) for step, a, b, c, d in steps]
    return format_html_join(
        "",
        "{}{}",
        (
            ("".join(new), "") if step == "equal" else (_mark("del", old), _mark("ins", new))
            for old, new, step in parts
        ),
    )


def _mark(tag: str, tokens: list[str]) -> str | SafeString:
    return format_html(f"<{tag}>{{}}</{tag}>", "".join(tokens)) if tokens else ""


def _common(one: list[str], other: list[str]) -> int:
    """Return how many tokens both lists begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
