"""The canonical address of a comparison: 2 to 4 slugs in alphabetical order, joined by "-vs-"."""

from django.urls import reverse

FEWEST, MOST = 2, 4
DIVIDER = "-vs-"


def comparison_url(*slugs):
    return reverse("comparison", args=[DIVIDER.join(sorted(slugs))])


def slugs_in(pair):
    """The slugs that an address names, in the canonical order, each once. "vs" is no word of a slug."""
    return sorted({slug for slug in pair.split(DIVIDER) if slug})


def picker_url(*slugs):
    """Where tools are picked, with those of `slugs` chosen already."""
    return reverse("compare", query={"tools": ",".join(sorted(slugs))} if slugs else None)


def comparison_or_picker_url(slugs):
    """Where to go with `slugs` chosen: their comparison, or the picker while they are too few."""
    chosen = set(slugs)
    return (comparison_url if len(chosen) >= FEWEST else picker_url)(*chosen)
