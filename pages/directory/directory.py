"""The directory of all tools: what was asked for, understood as far as possible, and what was found."""

from dataclasses import asdict, dataclass, replace
from urllib.parse import urlencode

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone

from reviews.models import PanelVerdict
from reviews.queries import with_panel
from tools.models import Category, Tool
from tools.queries import near_names
from votes.queries import with_tally
from web.paging import Paged, paged

PER_PAGE = 24
SEARCH_LENGTH = 100
PARAMS = ["q", "category", "entry", "verdict", "sort", "page"]

# Without one, the best match comes first; with nothing searched for, the best panel score.
SORTS = {
    "score": "Panel score",
    "community": "Community",
    "newest": "Newest review",
    "divisive": "Most divisive",
    "name": "Name",
}
ORDERS = {
    "score": [F("panel__score").desc(nulls_last=True), "name", "pk"],
    "community": [F("tally__rank_bound").desc(nulls_last=True), "name", "pk"],
    "newest": [F("panel__last_reviewed_on").desc(nulls_last=True), "name", "pk"],
    "divisive": [F("panel__spread").desc(nulls_last=True), "name", "pk"],
    "name": ["name", "pk"],
}


@dataclass(frozen=True)
class Filters:
    """What of a request the directory understood; the rest is as if not asked."""

    q: str = ""
    category: str = ""
    entry: str = ""
    verdict: str = ""
    sort: str = ""

    def query(self):
        return {name: value for name, value in asdict(self).items() if value}

    def address(self, **changes):
        query = replace(self, **changes).query()
        return reverse("tool_list") + (f"?{urlencode(query)}" if query else "")


@dataclass(frozen=True)
class ActiveFilter:
    label: str
    without: str  # the address of the list without it


@dataclass(frozen=True)
class Directory:
    filters: Filters
    categories: list
    active: list
    tools: Paged
    near: list

    sorts = SORTS
    entries = Tool.Entry.choices
    verdicts = PanelVerdict.Word.choices


def build_directory(asked):
    """Build the directory that `asked` (the query parameters, from a stranger) describes."""
    categories = list(categories_with_tools())
    filters = read_filters(asked, {category.slug for category in categories})
    tools = paged(_found(filters), asked.get("page"), per_page=PER_PAGE, query=filters.query())
    near = []
    if filters.q and not tools.total:
        near = near_names(Tool.objects.published(), filters.q)
    return Directory(
        filters=filters,
        categories=categories,
        active=_active(filters, categories),
        tools=tools,
        near=near,
    )


def categories_with_tools():
    """The categories that hold published tools, with `tool_count`."""
    published = Q(tools__published_at__lte=timezone.now())
    counted = Category.objects.annotate(tool_count=Count("tools", filter=published))
    return counted.filter(tool_count__gt=0).order_by("position", "name")


def read_filters(asked, category_slugs):
    def one_of(name, choices):
        return asked.get(name) if asked.get(name) in choices else ""

    q = asked.get("q", "").strip()[:SEARCH_LENGTH].strip()
    sort = one_of("sort", SORTS)
    return Filters(
        q=q,
        category=one_of("category", category_slugs),
        entry=one_of("entry", Tool.Entry.values),
        verdict=one_of("verdict", PanelVerdict.Word.values),
        sort="" if sort == "score" and not q else sort,
    )


def _found(filters):
    tools = with_tally(with_panel(Tool.objects.published()))
    if filters.q:
        tools = tools.search(filters.q)
    if filters.category:
        tools = tools.filter(category__slug=filters.category)
    if filters.entry:
        tools = tools.filter(entry=filters.entry)
    if filters.verdict:
        tools = tools.filter(panel__verdict=filters.verdict)
    if filters.sort or not filters.q:
        tools = tools.order_by(*ORDERS[filters.sort or "score"])
    return tools


def _active(filters, categories):
    names = {category.slug: category.name for category in categories}
    labels = {
        "q": f"“{filters.q}”",
        "category": names.get(filters.category),
        "entry": dict(Tool.Entry.choices).get(filters.entry),
        "verdict": dict(PanelVerdict.Word.choices).get(filters.verdict),
    }
    return [
        ActiveFilter(label, filters.address(**{name: ""}))
        for name, label in labels.items()
        if getattr(filters, name)
    ]
