"""The 404 page of a comparison: which tools of its URL are unknown, and what to compare instead."""

from collections.abc import Sequence
from dataclasses import dataclass

from pages.withdrawals import Withdrawal, withdrawals_of
from reviews.listing.near_names import near_names
from tools.comparison_urls import FEWEST, comparison_or_picker_url
from tools.models import Tool

# How much of an unknown slug is printed, and searched for.
MAX_LENGTH = 80
# Each search for similar names costs a query.
MAX_SEARCHES = 3


@dataclass(frozen=True)
class UnknownTool:
    slug: str
    # (name, URL of the comparison with that tool in its place)
    near: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class UnknownTools:
    unknown: tuple[UnknownTool, ...]
    known: tuple[Tool, ...]
    # The comparison of the known tools, or the picker with the one that is known.
    known_url: str

    @property
    def rest_can_be_compared(self) -> bool:
        return len(self.known) >= FEWEST


@dataclass(frozen=True)
class WithdrawnTools:
    withdrawals: list[Withdrawal]
    rest: UnknownTools


def withdrawn_tools(requested: list[str], found: dict[str, Tool]) -> WithdrawnTools | None:
    """The withdrawn tools among those `requested`, and the rest; None when there is none.

    `found`: {slug: tool} of the tools that are or were published.
    """
    withdrawn = {slug: tool for slug, tool in found.items() if tool.is_withdrawn}
    if not withdrawn:
        return None
    known = {slug: tool for slug, tool in found.items() if slug not in withdrawn}
    rest = unknown_tools([slug for slug in requested if slug not in withdrawn], known)
    return WithdrawnTools(withdrawals_of(dict.fromkeys(withdrawn.values())), rest)


def unknown_tools(requested: Sequence[str], known: dict[str, Tool]) -> UnknownTools:
    """Sort the `requested` slugs into unknown and known ones; `known` is {slug: tool}."""
    tools = tuple(sorted(set(known.values()), key=lambda tool: tool.slug))
    slugs = [tool.slug for tool in tools]
    unknown = [slug for slug in requested if slug not in known]
    return UnknownTools(
        unknown=tuple(
            UnknownTool(
                slug[:MAX_LENGTH], _near(slug[:MAX_LENGTH], slugs) if place < MAX_SEARCHES else ()
            )
            for place, slug in enumerate(unknown)
        ),
        known=tools,
        known_url=comparison_or_picker_url(slugs),
    )


def _near(slug: str, known_slugs: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, comparison_or_picker_url([*known_slugs, near_slug]))
        for name, near_slug in near_names(slug, limit=3, without=known_slugs)
    )
