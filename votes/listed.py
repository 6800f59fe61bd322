"""Lists of tools by facets, in any of the orders of the directory, read by index at any size of the catalogue.

A facet that is not chosen has few values: the list of each is read in order, and they are merged. So two
indexes per order serve every choice of category, entry and verdict (`reviews.listing.models.facet_indexes`).

Status and facts are not in these indexes. With one chosen, the first SCANNED tools of the list are looked through. If
they are too few for the page, the tools that match are read from the index of the search, at most MATCHING: with
more, the list holds the first ones in order, and then some of the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from reviews.listing.facets import Facets
from reviews.models import PanelVerdict
from tools.models import Category, Tool
from votes.models import Tally
from web.joined_rows import JoinedRows
from web.replica import read_connection

TOOLS = JoinedRows(
    """
    SELECT {tool}, {category}, {panel}, {tally}
    FROM tools_tool AS tool
    JOIN tools_category AS category ON category.id = tool.category_id
    JOIN reviews_panelverdict AS panel ON panel.tool_id = tool.id
    JOIN votes_tally AS tally ON tally.tool_id = tool.id
    WHERE tool.id = ANY (%s)
    """,
    tool=Tool,
    category=Category,
    panel=PanelVerdict,
    tally=Tally,
)


FILTERED = """
WITH first AS MATERIALIZED (
    SELECT tool_id FROM reviews_listing WHERE tool_id = ANY (ARRAY({first} LIMIT {scanned}))
    AND status = ANY (%s) AND fact_values @> %s::text[]
), matching AS MATERIALIZED (
    SELECT tool_id FROM reviews_listing WHERE names @@ %s::tsquery AND published_at <= %s
), found AS (
    SELECT tool_id FROM first UNION
    (SELECT tool_id FROM matching WHERE (SELECT count(*) FROM first) < %s LIMIT {matching})
)
SELECT tool_id FROM {table} WHERE tool_id = ANY (ARRAY(SELECT tool_id FROM found))
ORDER BY {by} LIMIT %s OFFSET %s
"""


@dataclass(frozen=True)
class Order:
    """`key` is the column of `table` to sort by, `ties` the columns that decide between equal ones."""

    table: str
    key: str
    direction: str
    ties: Sequence[str] = ("name", "tool_id")

    @property
    def columns(self) -> str:
        return ", ".join(dict.fromkeys([self.key, *self.ties]))

    @property
    def by(self) -> str:
        return ", ".join([f"{self.key} {self.direction}", *self.ties])


# More than all pages of a list show.
SCANNED, MATCHING = 1000, 600

HIGHEST_FIRST = "DESC NULLS LAST"
ORDERS = {
    "score": Order("reviews_listing", "ranking_score", HIGHEST_FIRST),
    "community": Order("votes_tally", "rank_bound", HIGHEST_FIRST, ties=("tool_id",)),
    "newest": Order("reviews_listing", "last_reviewed_on", HIGHEST_FIRST),
    "divisive": Order("reviews_listing", "spread", HIGHEST_FIRST),
    "name": Order("reviews_listing", "name", "ASC", ties=("tool_id",)),
}


def listed_ids(facets: Facets, order: str, *, limit: int, offset: int = 0) -> list[int]:
    """Return the ids of the published tools with `facets`, in `order`, a key of ORDERS."""
    chosen = ORDERS[order]
    if not facets.is_in_index:
        return _ids(*_filtered(facets, chosen, limit, offset))
    statement, params = _sorted(facets, chosen, offset + limit)
    return _ids(f"{statement} LIMIT %s OFFSET %s", [*params, limit, offset])


def _sorted(facets: Facets, chosen: Order, last: int) -> tuple[str, list[Any]]:
    """Return the statement for the tools with category, entry and verdict, up to the one at `last`, with its parameters."""
    category = "category_id = %s AND " if facets.category else ""
    # With its own limit a branch is read in the order of its index, whatever the planner expects to find.
    branch = (
        f"(SELECT {chosen.columns} FROM {chosen.table} "  # noqa: S608 - made of constants of our own
        f"WHERE {category}entry = %s AND verdict = %s AND published_at <= %s "
        f"ORDER BY {chosen.by} LIMIT %s)"
    )
    branches = facets.branches
    statement = (
        f"SELECT tool_id FROM ({' UNION ALL '.join([branch] * len(branches))}) AS listed "  # noqa: S608 - made of constants of our own
        f"ORDER BY {chosen.by}"
    )
    now = timezone.now()
    of_category = [facets.category.pk] if facets.category else []
    params = [value for pair in branches for value in [*of_category, *pair, now, last]]
    return statement, params


def _filtered(facets: Facets, chosen: Order, limit: int, offset: int) -> tuple[str, list[Any]]:
    first, params = _sorted(facets, chosen, SCANNED)
    statement = FILTERED.format(
        first=first, scanned=SCANNED, table=chosen.table, by=chosen.by, matching=MATCHING
    )
    of_first = [*params, facets.statuses, list(facets.values)]
    of_matching = [facets.query, timezone.now(), offset + limit]
    return statement, [*of_first, *of_matching, limit, offset]


def in_order(tool_ids: Sequence[int], order: str) -> list[int]:
    """Return `tool_ids`, of listed tools, in `order`."""
    chosen = ORDERS[order]
    statement = f"SELECT tool_id FROM {chosen.table} WHERE tool_id = ANY (%s) ORDER BY {chosen.by}"  # noqa: S608 - made of constants of our own
    return _ids(statement, [list(tool_ids)])


def tools_by_id(tool_ids: Sequence[int]) -> list[Tool]:
    """Return the tools with these ids, in their order, with category, panel verdict and tally; one query."""
    found = {}
    if tool_ids:
        for tool, category, panel, tally in TOOLS.read([list(tool_ids)]):
            tool.category, tool.panel, tool.tally = category, panel, tally
            found[tool.pk] = tool
    return [found[pk] for pk in tool_ids if pk in found]


@dataclass(frozen=True)
class ToolsById:
    """Tools of which a slice is read."""

    ids: Sequence[int]

    def __getitem__(self, part: slice) -> list[Tool]:
        return tools_by_id(self.ids[part])


@dataclass(frozen=True)
class ListedTools:
    """The published tools with `facets` in `order`, of which a slice is read."""

    facets: Facets
    order: str = "score"

    def __getitem__(self, part: slice) -> list[Tool]:
        start, stop = part.start or 0, part.stop
        ids = listed_ids(self.facets, self.order, limit=stop - start, offset=start)
        return tools_by_id(ids)


def _ids(statement: str, params: Sequence[Any]) -> list[int]:
    with read_connection().cursor() as cursor:
        cursor.execute(statement, params)
        return [tool_id for (tool_id,) in cursor]
