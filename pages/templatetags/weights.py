from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from pages.comparison.weights import offered_options

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=4096)
def weight_options(key: str, chosen: str) -> SafeString:
    """Return what the form offers for a criterion, of which `chosen` is the weight."""
    options = offered_options(key, chosen)
    return render_to_string("components/comparison/weight_options.html", {"options": options})
