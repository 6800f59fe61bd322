from datetime import date
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def component(template_name: str, /, **values: Any) -> SafeString:
    """Include a template whose HTML depends on nothing but `values`: texts, numbers and nothing that has rows.

    A process renders it once for each set of values. In development, where templates change, each time.
    """
    if settings.DEBUG:
        return render_to_string(template_name, values)
    return _rendered(template_name, **values)


@register.filter
@lru_cache(maxsize=4096)
def time_element(day: date, format: str = "j M Y") -> SafeString:
    """Return the `<time>` element of a date, not of a moment."""
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), date_format(day, format))


# Typed, because 1 and True, or a text and a safe string of it, are equal and print differently.
@lru_cache(maxsize=4096, typed=True)
def _rendered(template_name: str, /, **values: Any) -> SafeString:
    return render_to_string(template_name, values)
