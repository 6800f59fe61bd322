"""Templates whose HTML depends on a few values alone. `{% component %}` is `component` in a template."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString


def component(template_name: str, /, **values: Any) -> SafeString:
    """Render a template whose HTML depends on nothing but `values`: texts, numbers and nothing that has rows.

    A process renders it once for each set of values. In development, where templates change, each time.
    """
    if settings.DEBUG:
        return render_to_string(template_name, values)
    return _rendered(template_name, **values)


# Typed, because 1 and True, or a text and a safe string of it, are equal and print differently.
@lru_cache(maxsize=4096, typed=True)
def _rendered(template_name: str, /, **values: Any) -> SafeString:
    return render_to_string(template_name, values)
