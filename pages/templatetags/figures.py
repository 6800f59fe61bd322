"""How figures are printed on every page."""

from django import template

from pages.structured_data import script_safe_json
from reviews.rounding import percent
from tools.models import Fact

register = template.Library()

register.simple_tag(percent, name="percent")
register.simple_tag(script_safe_json, name="script_safe_json")

# Smaller numbers are not grouped, because they may be years.
GROUP_DIGITS_FROM = 10_000


@register.filter
def fact_value(fact: Fact) -> str:
    """Return a fact's value as text: "Apache-2.0", "Yes", "200,000 tokens", "2024"."""
    value = fact.value
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, str):
        return value
    digits = f"{value:,f}" if abs(value) >= GROUP_DIGITS_FROM else f"{value:f}"
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return digits if fact.kind.unit in ("", "year") else f"{digits} {fact.kind.unit}"
