"""Choosing the tools of a comparison: the picker's page, and the suggestions under "Add a tool"."""

import re
from dataclasses import dataclass

from django.db.models import BooleanField, ExpressionWrapper, Q

from pages.comparison_urls import FEWEST, MOST, comparison_or_picker_url, comparison_url
from tools.models import OldToolSlug, Tool
from tools.queries import near_names
from tools.slugs import SLUG_PATTERN

QUERY_LENGTH = 100
SHORTEST_QUERY = 2
MATCHES = 8
# More than can be compared, so that the picker can say that some were too many.
SLUGS_READ = 3 * MOST


@dataclass(frozen=True)
class Match:
    name: str
    slug: str
    category: str
    # The comparison (or the picker) with this tool added.
    url: str


@dataclass(frozen=True)
class Matches:
    """What was found for `text`. Guesses only look alike; without matches and too short, nothing was sought."""

    text: str
    found: tuple[Match, ...] = ()
    are_guesses: bool = False
    chosen: tuple[str, ...] = ()

    @property
    def is_too_short(self):
        return len(self.text) < SHORTEST_QUERY

    @property
    def only_choice(self):
        """The one match that was meant: the only one, or the one of that very name or slug."""
        if self.are_guesses:
            return None
        asked = self.text.casefold()
        exact = [match for match in self.found if asked in (match.name.casefold(), match.slug)]
        candidates = exact or self.found
        return candidates[0] if len(candidates) == 1 else None


@dataclass(frozen=True)
class Picker:
    chosen: tuple[Tool, ...]
    too_many: tuple[Tool, ...]
    matches: Matches

    @property
    def comparison_url(self):
        """Where the chosen tools are compared; None while they are too few."""
        slugs = [tool.slug for tool in self.chosen]
        return comparison_url(*slugs) if len(slugs) >= FEWEST else None

    @property
    def is_full(self):
        return len(self.chosen) == MOST


def build_picker(slugs, text):
    """The picker with the tools of `slugs` chosen (those there are) and matches for `text`."""
    found = tools_by_slug(Tool.objects.published(), slugs)
    tools = tuple(dict.fromkeys(found.values()))
    chosen = tools[:MOST]
    matches = find_matches(text, [tool.slug for tool in tools])
    return Picker(chosen, tools[MOST:], matches)


def read_slugs(values):
    """The slugs in `values` (query parameters, from a stranger): repeated ones or divided by commas."""
    asked = dict.fromkeys(slug.strip() for value in values for slug in value.split(","))
    return [slug for slug in asked if re.match(SLUG_PATTERN, slug)][:SLUGS_READ]


def read_text(value):
    return value.strip()[:QUERY_LENGTH].strip()


def tools_by_slug(tools, slugs):
    """{slug: tool} for those of `slugs`, present or old ones, that there are among `tools`.

    One query; when a slug is not found, one or two more.
    """
    known = {tool.slug: tool for tool in tools.filter(slug__in=slugs)} if slugs else {}
    missing = [slug for slug in slugs if slug not in known]
    if missing:
        old_slugs = OldToolSlug.objects.filter(slug__in=missing)
        owners = dict(old_slugs.values_list("slug", "tool_id"))
        by_id = tools.in_bulk(owners.values()) if owners else {}
        known |= {slug: by_id[pk] for slug, pk in owners.items() if pk in by_id}
    return {slug: known[slug] for slug in slugs if slug in known}


def find_matches(text, chosen):
    """Published tools that match `text` and are not among the `chosen` slugs, names that begin so first.

    When nothing matches, those whose names look alike.
    """
    if len(text) < SHORTEST_QUERY:
        return Matches(text, chosen=tuple(chosen))
    tools = Tool.objects.published().exclude(slug__in=chosen)
    begins = ExpressionWrapper(Q(name__istartswith=text), output_field=BooleanField())
    found = (
        tools.search(text)
        .annotate(begins=begins)
        .order_by("-begins", "-rank", "name", "pk")
        .values_list("name", "slug", "category__name")[:MATCHES]
    )
    rows = list(found)
    are_guesses = not rows
    if are_guesses:
        rows = [(name, slug, "") for name, slug in near_names(tools, text)]
    matches = tuple(Match(*row, comparison_or_picker_url([*chosen, row[1]])) for row in rows)
    return Matches(text, matches, are_guesses, tuple(chosen))
