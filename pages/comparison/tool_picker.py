"""Choosing the tools of a comparison: the picker, and the suggestions under "Add a tool"."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from reviews.listing.near_names import near_names
from reviews.listing.search import search
from tools.comparison_urls import FEWEST, MOST, comparison_or_picker_url, comparison_url
from tools.models import OldToolSlug, Tool
from tools.slugs import SLUG_PATTERN
from votes.listed import tools_by_id

QUERY_LENGTH = 100
SHORTEST_QUERY = 2
MATCHES = 8
# So many are ranked.
CANDIDATES = 48
# More than can be compared, so that the picker can say which were left out.
MAX_SLUGS = 3 * MOST


@dataclass(frozen=True)
class Match:
    name: str
    slug: str
    category: str
    # The comparison (or the picker) with this tool added.
    url: str


@dataclass(frozen=True)
class Matches:
    """The tools found for `text`. Guesses are tools with similar names, when none matches."""

    text: str
    found: tuple[Match, ...] = ()
    are_guesses: bool = False
    chosen: tuple[str, ...] = ()

    @property
    def is_too_short(self) -> bool:
        return len(self.text) < SHORTEST_QUERY

    @property
    def only_choice(self) -> Match | None:
        """The only match, or the only one with exactly that name or slug."""
        if self.are_guesses:
            return None
        text = self.text.casefold()
        exact = [match for match in self.found if text in (match.name.casefold(), match.slug)]
        candidates = exact or self.found
        return candidates[0] if len(candidates) == 1 else None


@dataclass(frozen=True)
class Picker:
    chosen: tuple[Tool, ...]
    too_many: tuple[Tool, ...]
    matches: Matches

    @property
    def comparison_url(self) -> str | None:
        """The comparison of the chosen tools; None while they are too few."""
        slugs = [tool.slug for tool in self.chosen]
        return comparison_url(*slugs) if len(slugs) >= FEWEST else None

    @property
    def is_untouched(self) -> bool:
        """Whether nothing is chosen or searched for yet."""
        return not (self.chosen or self.matches.text)

    @property
    def is_full(self) -> bool:
        return len(self.chosen) == MOST


def build_picker(slugs: Sequence[str], text: str) -> Picker:
    """Build the picker with the published tools of `slugs` chosen and the matches for `text`."""
    found = tools_by_slug(Tool.objects.published(), slugs)
    tools = tuple(dict.fromkeys(found.values()))
    chosen = tools[:MOST]
    matches = find_matches(text, [tool.slug for tool in tools])
    return Picker(chosen, tools[MOST:], matches)


def read_slugs(values: Iterable[str]) -> list[str]:
    """Return the valid slugs in `values` (untrusted): repeated parameters or comma-separated."""
    slugs = dict.fromkeys(slug.strip().lower() for value in values for slug in value.split(","))
    return [slug for slug in slugs if re.match(SLUG_PATTERN, slug)][:MAX_SLUGS]


def read_text(value: str) -> str:
    return value.strip()[:QUERY_LENGTH].strip()


def tools_by_slug(tools: QuerySet[Tool], slugs: Sequence[str]) -> dict[str, Tool]:
    """Return {slug: tool} for those of `slugs`, current or old, that `tools` has.

    One query; one or two more when a slug is not found.
    """
    known = {tool.slug: tool for tool in tools.filter(slug__in=slugs)} if slugs else {}
    missing = [slug for slug in slugs if slug not in known]
    if missing:
        old_slugs = OldToolSlug.objects.filter(slug__in=missing)
        owners = dict(old_slugs.values_list("slug", "tool_id"))
        by_id = tools.in_bulk(owners.values()) if owners else {}
        known |= {slug: by_id[pk] for slug, pk in owners.items() if pk in by_id}
    return {slug: known[slug] for slug in slugs if slug in known}


def find_matches(text: str, chosen: Sequence[str]) -> Matches:
    """Find published tools by `text`, without the `chosen` slugs, names that begin with it first.

    When none matches, find tools with similar names.
    """
    if len(text) < SHORTEST_QUERY:
        return Matches(text, chosen=tuple(chosen))
    best = search(text, most=CANDIDATES).tool_ids[: MATCHES + len(chosen)]
    tools = tools_by_id(best)
    found = [tool for tool in tools if tool.slug not in chosen][:MATCHES]
    rows = [(tool.name, tool.slug, tool.category.name) for tool in found]
    are_guesses = not rows
    if are_guesses:
        rows = [(name, slug, "") for name, slug in near_names(text, without=chosen)]
    matches = tuple(
        Match(name, slug, category, comparison_or_picker_url([*chosen, slug]))
        for name, slug, category in rows
    )
    return Matches(text, matches, are_guesses, tuple(chosen))
