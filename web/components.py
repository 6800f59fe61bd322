"""Templates whose HTML depends on a few values alone. `{% component %}` is `component` in a template."""

import re
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

PLACEHOLDER = re.compile("0-(slug|name)-0")


def component(template_name: str, /, **values: Any) -> SafeString:
    """Render a template whose HTML depends on nothing but `values`: texts, numbers and nothing that has rows.

    A process renders it once for each set of values. In development, where templates change, each time.
    """
    if settings.DEBUG:
        return render_to_string(template_name, values)
    return _rendered(template_name, **values)


def placeholder(name: str) -> str:
    """Return a text, also valid as a slug, in whose place `fill` puts another one."""
    return f"0-{name}-0"


def fill(html: SafeString, **texts: str) -> SafeString:
    """Put `texts`, escaped, in their placeholders in the HTML of a component that only prints them.

    So one rendering serves all tools: with their names and slugs as values, each tool is another set of values.
    """
    return mark_safe(PLACEHOLDER.sub(lambda found: escape(texts[found[1]]), html))  # noqa: S308 - escaped


# Typed, because 1 and True, or a text and a safe string of it, are equal and print differently.
@lru_cache(maxsize=4096, typed=True)
def _rendered(template_name: str, /, **values: Any) -> SafeString:
    return render_to_string(template_name, values)
