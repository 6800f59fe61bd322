from datetime import date
from functools import lru_cache

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from web.components import component

register = template.Library()


register.simple_tag(component)


@register.filter
@lru_cache(maxsize=4096)
def time_element(day: date, format: str = "j M Y") -> SafeString:
    """Return the `<time>` element of a date, not of a moment."""
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), date_format(day, format))
