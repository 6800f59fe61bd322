"""The directory of all tools: the filters as far as they are understood, and what they find."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.http import QueryDict

from pages.categories import categories_with_tools
from pages.directory.facet_choices import FacetBuilder, FacetChoices
from pages.directory.filters import (
    MOST_FACTS,
    SORTS,
    Filters,
    Selection,
    UnknownFilter,
    read_selection,
)
from reviews.listing.facet_counts import FacetCounts, count_by_facets, count_found
from reviews.listing.near_names import near_names
from reviews.listing.search import Found, search
from tools.models import FactKind, Tool
from tools.panel_word import PanelWord
from votes.listed import ListedTools, ToolsById, in_order
from web.paging import Paged, paged_to_most

PER_PAGE = 24
PARAMS = ["q", "category", "entry", "verdict", "status", "fact", "sort", "page"]


@dataclass(frozen=True)
class ActiveFilter:
    """A chosen filter; `facet` is the name of what it filters by, "" where the label says it."""

    facet: str
    label: str
    remove_url: str


@dataclass(frozen=True)
class Directory:
    selection: Selection
    facets: list[FacetChoices]
    tools: Paged
    near: list[tuple[str, str]]
    # No tool matches all words of the search, and these match some.
    is_partial: bool

    sorts = SORTS
    most_facts = MOST_FACTS

    @property
    def filters(self) -> Filters:
        return self.selection.filters

    @property
    def unknown(self) -> list[UnknownFilter]:
        return self.selection.unknown

    @property
    def active(self) -> list[ActiveFilter]:
        return list(_active(self.selection))

    @property
    def is_filtered(self) -> bool:
        """Whether this is a search, a part of the list or another order of it."""
        return bool(self.filters.query() or self.unknown)

    @property
    def title(self) -> str:
        if self.filters.q:
            return f"“{self.filters.q}”: AI tools"
        category = self.selection.category
        return f"AI tools in {category.name}" if category else "All AI tools"


def build_directory(params: QueryDict) -> Directory:
    """Build the directory for `params` (the query parameters, untrusted)."""
    categories = categories_with_tools()
    kinds = list(FactKind.objects.filter(is_filter=True))
    selection = read_selection(params, categories, kinds)
    if selection.category and selection.category not in categories:
        categories.append(selection.category)
    filters, facets = selection.filters, selection.facets
    found = search(filters.q, facets, partially=True) if filters.q else None
    counts = _count(selection, found, kinds)
    number = params.get("page")
    near = []
    if found and (found.is_partial or not found.tool_ids):
        near = near_names(filters.q, whole=bool(found.tool_ids))
    return Directory(
        selection=selection,
        facets=FacetBuilder(selection, categories, kinds, counts).all(),
        tools=_found(filters, found, number) if found else _listed(selection, counts, number),
        near=near,
        is_partial=bool(found and found.is_partial and found.tool_ids),
    )


def _count(
    selection: Selection, found: Found | None, kinds: Sequence[FactKind]
) -> FacetCounts | None:
    """Count what the facets would list; nothing counts what matches some words of a search."""
    ids = [kind.pk for kind in kinds]
    if not found:
        return count_by_facets(selection.facets, ids)
    if found.is_partial or not found.query:
        return None
    if not found.tool_ids and not selection.facets.lexemes:
        return FacetCounts(0, {})
    return count_found(found.query, selection.facets, ids)


def _listed(selection: Selection, counts: FacetCounts | None, number: str | None) -> Paged[Tool]:
    filters = selection.filters
    return paged_to_most(
        ListedTools(selection.facets, filters.sort or "score"),
        number,
        per_page=PER_PAGE,
        total=counts.total if counts else 0,
        is_more=bool(counts and counts.is_more),
        query=filters.query(),
    )


def _found(filters: Filters, found: Found, number: str | None) -> Paged[Tool]:
    ids = in_order(found.tool_ids, filters.sort) if filters.sort else found.tool_ids
    return paged_to_most(
        ToolsById(ids),
        number,
        per_page=PER_PAGE,
        total=len(ids),
        is_more=found.is_cut,
        query=filters.query(),
    )


def _active(selection: Selection) -> Iterator[ActiveFilter]:
    filters = selection.filters
    labels = {
        "q": f"“{filters.q}”",
        "category": selection.category.name if selection.category else "",
        "entry": dict(Tool.Entry.choices).get(filters.entry, ""),
        "verdict": dict(PanelWord.choices).get(filters.verdict, ""),
        "status": dict(Tool.Status.choices).get(filters.status, ""),
    }
    for name, label in labels.items():
        if getattr(filters, name):
            yield ActiveFilter("", label, filters.url(**{name: ""}))
    for fact in selection.facts:
        others = tuple(param for param in filters.fact if param != fact.param)
        yield ActiveFilter(fact.kind.name, fact.label, filters.url(fact=others))
