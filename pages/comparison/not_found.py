"""What a comparison's address asked for and the site does not have."""

from dataclasses import dataclass

from pages.comparison_urls import FEWEST, comparison_or_picker_url
from tools.models import Tool
from tools.queries import near_names

# How much of what a stranger wrote is printed and looked for.
PRINTED = 80
# Looking for alike names costs a query each.
LOOKED_FOR = 3


@dataclass(frozen=True)
class Unknown:
    asked: str
    # (name, address of the comparison with that tool in its place)
    near: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class MissingTools:
    unknown: tuple[Unknown, ...]
    known: tuple[Tool, ...]
    # The comparison of the known ones, or the picker with the one that is known.
    known_url: str

    @property
    def rest_can_be_compared(self):
        return len(self.known) >= FEWEST


def missing_tools(asked, known):
    """`asked`: the slugs of an address; `known`: {slug: tool} of those there are."""
    tools = tuple(sorted(set(known.values()), key=lambda tool: tool.slug))
    slugs = [tool.slug for tool in tools]
    unknown = [slug for slug in asked if slug not in known]
    return MissingTools(
        unknown=tuple(
            Unknown(slug[:PRINTED], _near(slug[:PRINTED], slugs) if place < LOOKED_FOR else ())
            for place, slug in enumerate(unknown)
        ),
        known=tools,
        known_url=comparison_or_picker_url(slugs),
    )


def _near(asked, known_slugs):
    others = Tool.objects.published().exclude(slug__in=known_slugs)
    return tuple(
        (name, comparison_or_picker_url([*known_slugs, slug]))
        for name, slug in near_names(others, asked, limit=3)
    )
