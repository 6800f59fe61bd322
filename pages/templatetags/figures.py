"""How figures are printed on every page."""

from collections.abc import Iterable, Iterator

from django import template

from pages.structured_data import script_safe_json
from reviews.rounding import percent, points_text
from tools.facts import display_value
from tools.models import Fact

register = template.Library()

register.simple_tag(percent, name="percent")
register.filter("points_text", points_text)
register.simple_tag(script_safe_json, name="script_safe_json")


@register.filter
def fact_value(fact: Fact) -> str:
    """Return the words of a Fact's value: "Apache-2.0", "Yes", "200,000 tokens", "2024"."""
    return display_value(fact.value, fact.kind)


@register.filter
def zip_with[One, Other](
    first: Iterable[One], second: Iterable[Other]
) -> Iterator[tuple[One, Other]]:
    return zip(first, second, strict=True)
