"""The pages of tools, and the comparisons worth searching for, by blocks of ids.

A tool stays in its block for ever, and a block costs the same in any catalogue. Each reviewed tool is
compared with the best of its category, as on its own page: a few comparisons per tool, not millions.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from tools.comparison_urls import comparison_url
from tools.models import LedgerEntry, Tool
from tools.panel_word import PanelWord
from web.replica import read_connection
from web.sitemaps import SitemapUrl

# The ids of a block. A sitemap may have 50,000 addresses, but 500 tools and 1,500 comparisons take a tenth of a second.
BLOCK_SIZE = 500
# How many tools of its category a tool is compared with.
BEST_OF_CATEGORY = 3
REVIEWED = [PanelWord.SHIP, PanelWord.SKIP, PanelWord.SPLIT]

BLOCKS = """
WITH RECURSIVE blocks AS (
    SELECT (SELECT tool_id / %(size)s FROM reviews_listing
            WHERE published_at <= %(now)s ORDER BY tool_id LIMIT 1) AS block
    UNION ALL
    SELECT (SELECT tool_id / %(size)s FROM reviews_listing
            WHERE tool_id >= (block + 1) * %(size)s AND published_at <= %(now)s ORDER BY tool_id LIMIT 1)
    FROM blocks WHERE block IS NOT NULL
)
SELECT block FROM blocks WHERE block IS NOT NULL
"""
# The list of each entry and verdict is read in the order of its index, and they are merged (see votes.listed).
BEST = """
SELECT tool_id FROM (
    SELECT tool_id, row_number() OVER (
        PARTITION BY category ORDER BY ranking_score DESC NULLS LAST, name, tool_id) AS place
    FROM unnest(%(categories)s::bigint[]) AS category, unnest(%(entries)s::text[]) AS entry,
        unnest(%(verdicts)s::text[]) AS verdict,
        LATERAL (
            SELECT tool_id, ranking_score, name FROM reviews_listing AS listing
            WHERE listing.category_id = category AND listing.entry = entry.entry
                AND listing.verdict = verdict.verdict AND published_at <= %(now)s
            ORDER BY ranking_score DESC NULLS LAST, name, tool_id LIMIT %(limit)s
        ) AS listed
) AS ranked WHERE place <= %(limit)s
"""


class ListedTool(NamedTuple):
    pk: int
    slug: str
    category: int
    verdict: str
    changed_at: datetime | None


def blocks() -> list[int]:
    """Return the blocks with published tools."""
    return [block for (block,) in _rows(BLOCKS, size=BLOCK_SIZE)]


def tool_urls(block: int) -> Iterator[SitemapUrl]:
    """Yield the address of each tool in `block`, and those of its comparisons; nothing if there are no tools."""
    first = block * BLOCK_SIZE
    end = first + BLOCK_SIZE
    # Limits for both tables: a merge join would read all panel verdicts before the first.
    in_block = Tool.objects.filter(pk__gte=first, pk__lt=end, panel__gte=first, panel__lt=end)
    tools = _read(in_block)
    best = _best({tool.category for tool in tools if tool.verdict in REVIEWED})
    for tool in tools:
        yield SitemapUrl(reverse("tool_detail", args=[tool.slug]), tool.changed_at)
        if tool.verdict in REVIEWED:
            yield SitemapUrl(reverse("tool_alternatives", args=[tool.slug]), None)
            yield from _comparisons(tool, best.get(tool.category, []))


def _comparisons(tool: ListedTool, best: Sequence[ListedTool]) -> Iterator[SitemapUrl]:
    for other in best:
        if _lists_pair(tool, other, best):
            changed_at = max(filter(None, (tool.changed_at, other.changed_at)), default=None)
            yield SitemapUrl(comparison_url(tool.slug, other.slug), changed_at)


def _lists_pair(tool: ListedTool, other: ListedTool, best: Sequence[ListedTool]) -> bool:
    """Whether the pair stands beside `tool`: that of two of the best is listed once, beside the older one."""
    return tool.pk < other.pk or (tool.pk != other.pk and tool not in best)


def _best(categories: set[int]) -> dict[int, list[ListedTool]]:
    ids = _rows(
        BEST,
        categories=sorted(categories),
        entries=Tool.Entry.values,
        verdicts=[str(verdict) for verdict in REVIEWED],
        limit=BEST_OF_CATEGORY,
    )
    by_category: dict[int, list[ListedTool]] = {}
    for tool in _read(Tool.objects.filter(pk__in=[pk for (pk,) in ids])):
        by_category.setdefault(tool.category, []).append(tool)
    return by_category


def _read(tools: QuerySet[Tool]) -> list[ListedTool]:
    """Return the published ones of `tools`; the newest entry in the change log says when each changed."""
    now = timezone.now()
    newest = LedgerEntry.objects.filter(tool=OuterRef("pk"), at__lte=now).order_by("-at")
    rows = (
        tools.filter(published_at__lte=now)
        .annotate(verdict=F("panel__verdict"), changed_at=Subquery(newest.values("at")[:1]))
        .order_by("pk")
        .values_list("pk", "slug", "category", "verdict", "changed_at")
    )
    return [ListedTool(*row) for row in rows]


def _rows(statement: str, **parameters: Any) -> list[tuple[int]]:
    with read_connection().cursor() as cursor:
        cursor.execute(statement, parameters | {"now": timezone.now()})
        return cursor.fetchall()
