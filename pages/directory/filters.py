"""The filters of the directory: those of a request that are valid, and the URLs that hold them."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Value
from django.http import QueryDict
from django.urls import reverse

from reviews.listing.facets import Facets, fact_value
from tools.models import Category, FactKind, Tool
from tools.models.fact import FILTER_VALUE_LENGTH
from tools.panel_word import PanelWord
from tools.slugs import find_by_any_slug

SEARCH_LENGTH = 100
# Tools with several values of facts are counted for each of them (reviews.listing.facet_counts).
MOST_FACTS = 3
# Without one, the best match comes first; without a search, the highest panel score.
SORTS = {
    "score": "Panel score",
    "community": "Community rank",
    "newest": "Newest verdict",
    "divisive": "Most divisive",
    "name": "Name",
}
LABELS = {
    "category": "category",
    "entry": "entry",
    "verdict": "panel verdict",
    "status": "status",
    "fact": "fact",
}


@dataclass(frozen=True)
class Filters:
    """The valid filters of a request; an empty one is not set. `fact` holds "slug:value" for each kind of facts."""

    q: str = ""
    category: str = ""
    entry: str = ""
    verdict: str = ""
    status: str = ""
    fact: tuple[str, ...] = ()
    sort: str = ""

    def query(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value}

    def url(self, **changes: Any) -> str:
        query = replace(self, **changes).query()
        return reverse("tool_list") + (f"?{urlencode(query, doseq=True)}" if query else "")


@dataclass(frozen=True)
class ChosenFact:
    kind: FactKind
    value: str

    @property
    def param(self) -> str:
        return f"{self.kind.slug}:{self.value}"

    @property
    def lexeme(self) -> str:
        return fact_value(self.kind, self.value)

    @property
    def label(self) -> str:
        return value_label(self.kind, self.value)


@dataclass(frozen=True)
class UnknownFilter:
    """A filter with a value that does not exist, or one too many. The list is shown as if it were not set."""

    label: str
    value: str
    is_one_too_many: bool = False


@dataclass(frozen=True)
class Selection:
    filters: Filters
    category: Category | None
    facts: list[ChosenFact]
    unknown: list[UnknownFilter] = field(default_factory=list)

    @property
    def facets(self) -> Facets:
        chosen = self.filters
        values = tuple(fact.lexeme for fact in self.facts)
        return Facets(self.category, chosen.entry, chosen.verdict, chosen.status, values)


def read_selection(
    params: QueryDict, categories: Sequence[Category], kinds: Sequence[FactKind]
) -> Selection:
    """Return what is chosen in `params` (the query parameters, untrusted), as far as it exists."""

    def one_of(name: str, choices: Container[str]) -> str:
        value = params.get(name, "")
        return value if value in choices else ""

    q = params.get("q", "").strip()[:SEARCH_LENGTH].strip()
    sort = one_of("sort", SORTS)
    category = _category(params.get("category", ""), categories)
    facts, unknown_facts = _read_facts(params.getlist("fact"), kinds)
    filters = Filters(
        q=q,
        category=category.slug if category else "",
        entry=one_of("entry", Tool.Entry.values),
        verdict=one_of("verdict", PanelWord.values),
        status=one_of("status", Tool.Status.values),
        fact=tuple(fact.param for fact in facts),
        sort="" if sort == "score" and not q else sort,
    )
    return Selection(filters, category, facts, [*_unknown(params, filters), *unknown_facts])


def value_label(kind: FactKind, value: str) -> str:
    is_yes_or_no = kind.value_type == FactKind.ValueType.BOOLEAN
    return {"yes": "Yes", "no": "No"}[value] if is_yes_or_no else value


def _category(slug: str, categories: Sequence[Category]) -> Category | None:
    """The category with that slug, also in another case or an old one, or without tools."""
    if not slug:
        return None
    for category in categories:
        if category.slug == slug:
            return category
    with_count = Category.objects.annotate(tool_count=Value(0))  # type: ignore[no-redef]  # declared there
    return find_by_any_slug(with_count, slug)


def _read_facts(
    params: Sequence[str], kinds: Sequence[FactKind]
) -> tuple[list[ChosenFact], list[UnknownFilter]]:
    """Return the first value of each kind, MOST_FACTS of them in the order of the kinds, and the others."""
    by_slug = {kind.slug: kind for kind in kinds}
    chosen: dict[str, ChosenFact] = {}
    unknown = []
    for param in filter(None, params):
        slug, _, value = param.partition(":")
        kind = by_slug.get(slug)
        if not kind or not _is_value(kind, value):
            unknown.append(UnknownFilter(LABELS["fact"], param[:SEARCH_LENGTH]))
        elif slug not in chosen:
            chosen[slug] = ChosenFact(kind, value)
    facts = [chosen[kind.slug] for kind in kinds if kind.slug in chosen]
    too_many = [
        UnknownFilter(fact.kind.name, fact.label, is_one_too_many=True)
        for fact in facts[MOST_FACTS:]
    ]
    return facts[:MOST_FACTS], [*unknown[:MOST_FACTS], *too_many[:MOST_FACTS]]


def _is_value(kind: FactKind, value: str) -> bool:
    if kind.value_type == FactKind.ValueType.BOOLEAN:
        return value in {"yes", "no"}
    return 0 < len(value) <= FILTER_VALUE_LENGTH


def _unknown(params: QueryDict, filters: Filters) -> Iterator[UnknownFilter]:
    for name, label in LABELS.items():
        value = params.get(name, "")
        if name != "fact" and value and not getattr(filters, name):
            yield UnknownFilter(label, value[:SEARCH_LENGTH])
