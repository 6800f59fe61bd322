"""Tools that are or were published, with all that stands beside them in other tables."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils import timezone

from reviews.models import PanelVerdict
from tools.models import Category, Tool
from votes.models import Tally
from web.joined_rows import JoinedRows


def _tools(condition: str) -> JoinedRows:
    return JoinedRows(
        f"""
        SELECT {{tool}}, {{category}}, {{panel}}, {{tally}}, {{successor}}
        FROM tools_tool AS tool
        JOIN tools_category AS category ON category.id = tool.category_id
        JOIN reviews_panelverdict AS panel ON panel.tool_id = tool.id
        JOIN votes_tally AS tally ON tally.tool_id = tool.id
        LEFT JOIN tools_tool AS successor ON successor.id = tool.successor_id
        WHERE {condition}
        """,  # noqa: S608 - made of constants of our own
        tool=Tool,
        category=Category,
        panel=PanelVerdict,
        tally=Tally,
        successor=Tool,
    )


ON_RECORD = _tools(
    "tool.slug = ANY(%s) AND (tool.published_at <= %s OR tool.withdrawn_at IS NOT NULL)"
)
PUBLISHED = _tools("tool.id = ANY(%s) AND tool.published_at <= %s")
AFTER = """
tool.id = ANY (ARRAY(
    SELECT id FROM tools_tool WHERE {condition} AND id > %s AND published_at <= %s ORDER BY id LIMIT %s
)) ORDER BY tool.id
"""
ALL_AFTER = _tools(AFTER.format(condition="true"))
IN_CATEGORY_AFTER = _tools(AFTER.format(condition="category_id = %s"))


def tools_on_record(slugs: Sequence[str]) -> Iterator[Tool]:
    """Yield the tools with these slugs, with category, panel verdict, tally and successor, in one query."""
    return _joined(ON_RECORD.read([slugs, timezone.now()]))


def published_by_id(ids: Sequence[int]) -> dict[int, Tool]:
    """Return {id: tool} of those that are published, as above."""
    return {tool.pk: tool for tool in _joined(PUBLISHED.read([ids, timezone.now()]))}


def published_after(pk: int, limit: int, category: Category | None) -> Iterator[Tool]:
    """Yield the first `limit` published tools (of `category`) with a larger primary key, in its order, as above."""
    of_category = [category.pk] if category else []
    rows = IN_CATEGORY_AFTER if category else ALL_AFTER
    return _joined(rows.read([*of_category, pk, timezone.now(), limit]))


def _joined(rows: Iterable[tuple[Any, ...]]) -> Iterator[Tool]:
    for tool, category, panel, tally, successor in rows:
        tool.category, tool.panel, tool.tally, tool.successor = category, panel, tally, successor
        yield tool
