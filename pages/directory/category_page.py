"""The page of one category: its tools, highest rated first, and comparisons of the top ones."""

from dataclasses import dataclass
from itertools import combinations

from pages.categories import categories_with_tools
from pages.charts.entry_chart import EntryChart, entry_chart
from reviews.listing.facets import Facets
from tools.comparison_urls import comparison_url
from tools.models import Category, Tool
from votes.listed import ListedTools
from web.paging import Paged, paged_to_most

PER_PAGE = 24
# Each of this many top tools is paired with each other.
PAIRED_TOOLS = 3


@dataclass(frozen=True)
class TopPair:
    better: Tool
    other: Tool
    url: str


@dataclass(frozen=True)
class CategoryPage:
    category: Category
    tools: Paged
    pairs: list[TopPair]
    categories: list[Category]
    chart: EntryChart | None  # of the tools on this page


def build_category_page(category: Category, page_number: str | None) -> CategoryPage:
    facets = Facets(category)
    ranked = ListedTools(facets)
    tools = paged_to_most(ranked, page_number, per_page=PER_PAGE, total=facets.count())
    top = [tool for tool in tools if tool.panel.is_ranked] if tools.is_first else []
    return CategoryPage(
        category=category,
        tools=tools,
        pairs=[
            TopPair(better, other, comparison_url(better.slug, other.slug))
            for better, other in combinations(top[:PAIRED_TOOLS], 2)
        ],
        categories=categories_with_tools(),
        chart=entry_chart(tools),
    )
