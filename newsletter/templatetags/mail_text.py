"""How the text part of a mail is laid out: lines of 72 characters at most, links on lines of their own."""

import textwrap

from django import template

register = template.Library()

WIDTH = 72


@register.filter
def as_item(text):
    """The lines of `text` as one item of a list; empty ones are left out, a link is never broken."""
    first, *rest = [line.strip() for line in text.splitlines() if line.strip()]
    return "\n".join([_wrapped(first, "* ", "  "), *(_wrapped(line, "  ", "  ") for line in rest)])


@register.filter
def underlined(heading, mark):
    return f"{heading}\n{mark * min(len(heading), WIDTH)}"


def _wrapped(line, first_indent, indent):
    return textwrap.fill(
        line,
        WIDTH,
        initial_indent=first_indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
