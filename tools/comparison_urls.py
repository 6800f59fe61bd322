"""The canonical URL of a comparison: 2 to 4 slugs in alphabetical order, joined by "-vs-"."""

from collections.abc import Iterable

from django.urls import reverse

FEWEST, MOST = 2, 4
DIVIDER = "-vs-"


def comparison_url(*slugs: str) -> str:
    return reverse("comparison", args=[DIVIDER.join(sorted(slugs))])


def slugs_in(pair: str) -> list[str]:
    """Return the slugs that a URL names, in canonical order, each once. No slug contains "-vs-"."""
    return sorted({slug for slug in pair.lower().split(DIVIDER) if slug})


def picker_url(*slugs: str) -> str:
    """Return the URL of the picker with `slugs` already chosen."""
    return reverse("compare", query={"tools": ",".join(sorted(slugs))} if slugs else None)


def comparison_or_picker_url(slugs: Iterable[str]) -> str:
    """Return the URL of the comparison of `slugs`, or of the picker while they are too few."""
    chosen = set(slugs)
    return (comparison_url if len(chosen) >= FEWEST else picker_url)(*chosen)
