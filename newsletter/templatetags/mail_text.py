"""Layout of emails. The plain text part has lines of at most 72 characters and each link on its own line."""

import textwrap

from django import template

register = template.Library()

WIDTH = 72
INDENT = "  "
VERDICT_MARKS = {"ship": "✓", "skip": "✕", "split": "◆"}


@register.filter
def as_item(text: str) -> str:
    """Format the lines of `text` as one list item, without empty lines and without breaking links."""
    first, *rest = [line.strip() for line in text.splitlines() if line.strip()]
    return "\n".join([_wrap(first, "* "), *(_wrap(line, INDENT) for line in rest)])


@register.filter
def underlined(heading: str, mark: str) -> str:
    return f"{heading}\n{mark * min(len(heading), WIDTH)}"


@register.filter
def verdict_mark(verdict: str) -> str:
    return VERDICT_MARKS.get(verdict, "○")


def _wrap(line: str, beginning: str) -> str:
    return textwrap.fill(
        line,
        WIDTH,
        initial_indent=beginning,
        subsequent_indent=INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
