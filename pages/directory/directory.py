"""The directory of all tools: the filters as far as they are understood, and what they find."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlencode

from django.db.models import Value
from django.urls import reverse

from pages.categories import categories_with_tools
from pages.redirects import find_moved
from reviews.listing.facets import Facets
from reviews.listing.near_names import near_names
from reviews.listing.search import Found, search
from reviews.models import PanelVerdict
from tools.models import Category, Tool
from votes.listed import ListedTools, ToolsById, in_order
from web.paging import Paged, paged_to_most

PER_PAGE = 24
SEARCH_LENGTH = 100
PARAMS = ["q", "category", "entry", "verdict", "sort", "page"]

# Without one, the best match comes first; without a search, the highest panel score.
SORTS = {
    "score": "Panel score",
    "community": "Community",
    "newest": "Newest review",
    "divisive": "Most divisive",
    "name": "Name",
}
FILTER_LABELS = {"category": "category", "entry": "entry", "verdict": "panel verdict"}


@dataclass(frozen=True)
class Filters:
    """The valid filters of a request; an empty one is not set."""

    q: str = ""
    category: str = ""
    entry: str = ""
    verdict: str = ""
    sort: str = ""

    def query(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if value}

    def url(self, **changes: str) -> str:
        query = replace(self, **changes).query()
        return reverse("tool_list") + (f"?{urlencode(query)}" if query else "")


@dataclass(frozen=True)
class ActiveFilter:
    label: str
    remove_url: str


@dataclass(frozen=True)
class UnknownFilter:
    """A filter with a value that does not exist. The list is shown as if it were not set."""

    label: str
    value: str


@dataclass(frozen=True)
class Directory:
    filters: Filters
    categories: list[Category]
    active: list[ActiveFilter]
    unknown: list[UnknownFilter]
    tools: Paged
    near: list[tuple[str, str]]
    # No tool matches all words of the search, and these match some.
    is_partial: bool

    sorts = SORTS
    entries = Tool.Entry.choices
    verdicts = PanelVerdict.Word.choices

    @property
    def is_filtered(self) -> bool:
        """Whether this is a search, a part of the list or another order of it."""
        return bool(self.filters.query() or self.unknown)

    @property
    def title(self) -> str:
        if self.filters.q:
            return f"“{self.filters.q}”: AI tools"
        chosen = (row for row in self.categories if row.slug == self.filters.category)
        category = next(chosen, None)
        return f"AI tools in {category.name}" if category else "All AI tools"


def build_directory(params: Mapping[str, str]) -> Directory:
    """Build the directory for `params` (the query parameters, untrusted)."""
    categories = categories_with_tools()
    category = _category(params.get("category", ""), categories)
    if category and category not in categories:
        categories.append(category)
    filters = read_filters(params, category.slug if category else "")
    facets = Facets(category, filters.entry, filters.verdict)
    found = search(filters.q, facets, partially=True) if filters.q else None
    number = params.get("page")
    near = []
    if found and (found.is_partial or not found.tool_ids):
        near = near_names(filters.q, whole=bool(found.tool_ids))
    return Directory(
        filters=filters,
        categories=categories,
        active=_active(filters, category),
        unknown=_unknown(params, filters),
        tools=_found(filters, found, number) if found else _listed(filters, facets, number),
        near=near,
        is_partial=bool(found and found.is_partial and found.tool_ids),
    )


def read_filters(params: Mapping[str, str], category: str) -> Filters:
    """Return the filters in `params` that are valid, with the slug of the `category` found."""

    def one_of(name: str, choices: Container[str]) -> str:
        value = params.get(name, "")
        return value if value in choices else ""

    q = params.get("q", "").strip()[:SEARCH_LENGTH].strip()
    sort = one_of("sort", SORTS)
    return Filters(
        q=q,
        category=category,
        entry=one_of("entry", Tool.Entry.values),
        verdict=one_of("verdict", PanelVerdict.Word.values),
        sort="" if sort == "score" and not q else sort,
    )


def _category(slug: str, categories: Sequence[Category]) -> Category | None:
    """The category with that slug, also in another case or an old one, or without tools."""
    if not slug:
        return None
    for category in categories:
        if category.slug == slug:
            return category
    return find_moved(Category.objects.annotate(tool_count=Value(0)), slug)


def _listed(filters: Filters, facets: Facets, number: str | None) -> Paged[Tool]:
    tools = ListedTools(facets, filters.sort or "score")
    total = facets.count()
    return paged_to_most(tools, number, per_page=PER_PAGE, total=total, query=filters.query())


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


def _active(filters: Filters, category: Category | None) -> list[ActiveFilter]:
    labels = {
        "q": f"“{filters.q}”",
        "category": category.name if category else "",
        "entry": dict(Tool.Entry.choices).get(filters.entry, ""),
        "verdict": dict(PanelVerdict.Word.choices).get(filters.verdict, ""),
    }
    return [
        ActiveFilter(label, filters.url(**{name: ""}))
        for name, label in labels.items()
        if getattr(filters, name)
    ]


def _unknown(params: Mapping[str, str], filters: Filters) -> list[UnknownFilter]:
    return [
        UnknownFilter(label, params[name][:SEARCH_LENGTH])
        for name, label in FILTER_LABELS.items()
        if params.get(name) and not getattr(filters, name)
    ]
