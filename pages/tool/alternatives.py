"""The alternatives to a tool: the tools of its category, ranked, each with what differs from the tool."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import ngettext

from reviews.listing.facets import Facets
from reviews.models import RANKED_FROM as REVIEWS_TO_RANK
from tools.comparison_urls import comparison_url
from tools.facts import comparable_value, display_value
from tools.models import Fact, Tool
from tools.queries import facts_of, tool_rows
from votes.listed import listed_ids, tools_by_id
from votes.models import RANKED_FROM as VOTES_TO_RANK
from web.excerpts import DESCRIPTION_LENGTH, whole_sentences

MOST = 20
# Of each order: it may begin with as many tools that are ranked by the other one, and with the tool itself.
CANDIDATES = 2 * MOST + 1
# The comparison has all of them.
MOST_FACTS = 4

# {tool id: {fact kind id: fact}}, in the order of the kinds
type FactsOfTools = dict[int, dict[int, Fact]]


@dataclass(frozen=True)
class Difference:
    """What both tools are known to have, in words: `theirs` instead of `ours`, which is empty for a free text."""

    label: str
    theirs: str
    ours: str


@dataclass(frozen=True)
class Alternative:
    tool: Tool
    # What to use instead, where the alternative is not active itself.
    successor: Tool | None
    comparison_url: str
    differences: list[Difference]


@dataclass(frozen=True)
class AlternativesPage:
    tool: Tool
    successor: Tool | None
    alternatives: list[Alternative]

    reviews_to_rank = REVIEWS_TO_RANK
    votes_to_rank = VOTES_TO_RANK

    @property
    def description(self) -> str:
        """What the page shows, for search engines and shared links."""
        count = len(self.alternatives)
        if not count:
            return f"No other tool in {self.tool.category.name} is listed yet."
        sentence = ngettext(
            "{count} tool to use instead of {tool}. What differs in price, licence and panel verdict.",
            "{count} tools to use instead of {tool}, ranked. What differs in price, licence and panel verdict.",
            count,
        )
        return whole_sentences(
            sentence.format(count=count, tool=self.tool.name), DESCRIPTION_LENGTH
        )


def build_alternatives_page(tool: Tool) -> AlternativesPage:
    """Build the page of `tool` (with panel, tally and successor) in five queries."""
    others = _ranked(tool)
    facts = _facts([tool, *others])
    successors = _successors(others)
    return AlternativesPage(
        tool=tool,
        successor=tool.successor if tool.successor and tool.successor.is_published else None,
        alternatives=[
            Alternative(
                tool=other,
                successor=successors.get(other.successor_id or 0),
                comparison_url=comparison_url(tool.slug, other.slug),
                differences=list(_differences(tool, other, facts)),
            )
            for other in others
        ],
    )


def _ranked(tool: Tool) -> list[Tool]:
    """Return the tools with enough reviews by panel score, then those with enough votes, then the others by name."""
    facets = Facets(tool.category)
    by_score = listed_ids(facets, "score", limit=CANDIDATES)
    by_votes = listed_ids(facets, "community", limit=CANDIDATES)
    found = tools_by_id([pk for pk in dict.fromkeys([*by_score, *by_votes]) if pk != tool.pk])

    def rank(other: Tool) -> tuple[bool, int, int]:
        is_gone = other.status == Tool.Status.DISCONTINUED
        if other.panel.is_ranked:
            return is_gone, 0, _place(other, by_score)
        if other.tally.is_ranked:
            return is_gone, 1, _place(other, by_votes)
        return is_gone, 2, _place(other, by_score)

    return sorted(found, key=rank)[:MOST]


def _place(tool: Tool, tool_ids: Sequence[int]) -> int:
    return tool_ids.index(tool.pk) if tool.pk in tool_ids else CANDIDATES


def _facts(tools: Sequence[Tool]) -> FactsOfTools:
    facts: FactsOfTools = {tool.pk: {} for tool in tools}
    for fact in facts_of(tools):
        facts[fact.tool_id][fact.kind_id] = fact
    return facts


def _successors(tools: Iterable[Tool]) -> dict[int, Tool]:
    ids = [tool.successor_id for tool in tools if tool.successor_id]
    return {pk: tool for pk, tool in tool_rows(ids).items() if tool.is_published}


def _differences(tool: Tool, other: Tool, facts: FactsOfTools) -> Iterator[Difference]:
    if other.entry != tool.entry:
        yield Difference("Entry", other.get_entry_display(), tool.get_entry_display())
    if other.pricing and tool.pricing and other.pricing.casefold() != tool.pricing.casefold():
        yield Difference("Pricing", other.pricing, "")
    if (
        other.panel.review_count
        and tool.panel.review_count
        and other.panel.verdict != tool.panel.verdict
    ):
        theirs, ours = other.panel.get_verdict_display(), tool.panel.get_verdict_display()
        yield Difference("Panel verdict", theirs, ours)
    yield from _fact_differences(facts[tool.pk], facts[other.pk])[:MOST_FACTS]


def _fact_differences(ours: dict[int, Fact], theirs: dict[int, Fact]) -> list[Difference]:
    pairs = [(fact, theirs[kind]) for kind, fact in ours.items() if kind in theirs]
    return [
        Difference(
            label=our.kind.name,
            theirs=display_value(their.value, their.kind),
            ours=display_value(our.value, our.kind),
        )
        for our, their in pairs
        if comparable_value(our) != comparable_value(their)
    ]
