"""The suggestions under a search field: of the search in the header, and of "Add a tool" on a comparison."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.urls import reverse

from pages.comparison.tool_picker import Matches
from pages.directory.search_destination import compared_names
from reviews.listing.suggestions import Kind, Named, is_too_short, suggest_names
from tools.comparison_urls import FEWEST, MOST, comparison_url

COMPARISONS = 5
PAGES = {
    Kind.TOOL: "tool_detail",
    Kind.CATEGORY: "category_detail",
    Kind.REVIEWER: "reviewer_detail",
}
DETAILS = {Kind.CATEGORY: "Category", Kind.REVIEWER: "Reviewer"}


@dataclass(frozen=True)
class Suggestion:
    name: str
    # What it is: the category of a tool, or the kind of page.
    detail: str
    url: str


@dataclass(frozen=True)
class Suggestions:
    text: str
    options: tuple[Suggestion, ...] = ()
    is_too_short: bool = False
    # Similar names, because none has the text.
    are_guesses: bool = False


def suggest_pages(text: str) -> Suggestions:
    """Suggest tools, categories, reviewers, and for "A vs B" comparisons. At most one query."""
    if is_too_short(text):
        return Suggestions(text, is_too_short=True)
    names = compared_names(text)
    is_comparison = FEWEST <= len(names) <= MOST
    pages, *tools = suggest_names(text, names if is_comparison else ())
    comparisons = _comparisons(tools) if tools else ()
    return Suggestions(text, (*comparisons, *map(_page, pages)))


def suggest_comparisons(matches: Matches) -> Suggestions:
    """Suggest the comparisons with one more of the tools that match."""
    options = tuple(Suggestion(match.name, match.category, match.url) for match in matches.found)
    return Suggestions(matches.text, options, matches.is_too_short, matches.are_guesses)


def _page(named: Named) -> Suggestion:
    detail = DETAILS.get(named.kind, named.category)
    return Suggestion(named.name, detail, reverse(PAGES[named.kind], args=[named.slug]))


def _comparisons(tools: Sequence[Sequence[Named]]) -> Iterator[Suggestion]:
    """Yield a comparison for each tool that the last name, which may be unfinished, may be."""
    *firsts, lasts = tools
    chosen = [found[0] for found in firsts if found]
    for last in lasts[:COMPARISONS]:
        compared = [*chosen, last]
        slugs = [tool.slug for tool in compared]
        if len(set(slugs)) == len(tools):
            name = " vs ".join(tool.name for tool in compared)
            yield Suggestion(name, "Comparison", comparison_url(*slugs))
