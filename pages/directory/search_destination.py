"""Searches that name a page: "A vs B" is a comparison, "alternatives to A" the alternatives of a tool."""

import re
from collections.abc import Sequence

from django.urls import reverse

from reviews.listing.named import slugs_of_named
from tools.comparison_urls import FEWEST, MOST, comparison_url

COMPARE = re.compile(r"(?:compare|comparison of|difference between)\s+", re.I)
BETWEEN = re.compile(r"\s+(?:vs\.?|versus|or)\s+", re.I)
BETWEEN_COMPARED = re.compile(r"\s+(?:vs\.?|versus|or|and|with|to)\s+|\s*[,&]\s*", re.I)
ALTERNATIVES = re.compile(
    r"(?:best\s+)?alternatives?\s+(?:to|for|of)\s+(?P<to>.+)|(?P<of>.+?)\s+alternatives?", re.I
)


def search_destination(text: str) -> str | None:
    """Return the URL that `text` (untrusted, at most 100 characters) asks for; None unless each name is one tool's."""
    text = text.strip()
    if match := ALTERNATIVES.fullmatch(text):
        (slug,) = slugs_of_named([match["to"] or match["of"]])
        return reverse("tool_alternatives", args=[slug]) if slug else None
    names = compared_names(text)
    if not FEWEST <= len(names) <= MOST:
        return None
    slugs = [slug for slug in slugs_of_named(names) if slug]
    return comparison_url(*slugs) if len(set(slugs)) == len(names) else None


def compared_names(text: str) -> Sequence[str]:
    """Return the names that `text` wants compared; a single one if it wants no comparison."""
    compare = COMPARE.match(text)
    names = BETWEEN_COMPARED.split(text[compare.end() :]) if compare else BETWEEN.split(text)
    return [name for name in names if name]
