"""The tools of a comparison with all that stands beside them in other tables, in one query."""

from collections.abc import Iterator, Sequence

from django.utils import timezone

from reviews.models import PanelVerdict
from tools.models import Category, OldToolSlug, Tool
from votes.models import Tally
from web.joined_rows import JoinedRows

ON_RECORD = JoinedRows(
    """
    SELECT {tool}, {category}, {panel}, {tally}, {successor}
    FROM tools_tool AS tool
    JOIN tools_category AS category ON category.id = tool.category_id
    JOIN reviews_panelverdict AS panel ON panel.tool_id = tool.id
    JOIN votes_tally AS tally ON tally.tool_id = tool.id
    LEFT JOIN tools_tool AS successor ON successor.id = tool.successor_id
    WHERE tool.slug = ANY(%s) AND (tool.published_at <= %s OR tool.withdrawn_at IS NOT NULL)
    """,
    tool=Tool,
    category=Category,
    panel=PanelVerdict,
    tally=Tally,
    successor=Tool,
)


def compared_tools(slugs: Sequence[str]) -> dict[str, Tool]:
    """Return {slug: tool} for those of `slugs`, current or old, of tools that are on record.

    One query; one or two more when a slug is not found.
    """
    known = {tool.slug: tool for tool in _on_record(slugs)} if slugs else {}
    if missing := [slug for slug in slugs if slug not in known]:
        old_slugs = OldToolSlug.objects.filter(slug__in=missing)
        now_at = dict(old_slugs.values_list("slug", "tool__slug"))
        owners = {tool.slug: tool for tool in _on_record([*now_at.values()])} if now_at else {}
        known |= {old: owners[slug] for old, slug in now_at.items() if slug in owners}
    return {slug: known[slug] for slug in slugs if slug in known}


def _on_record(slugs: Sequence[str]) -> Iterator[Tool]:
    for tool, category, panel, tally, successor in ON_RECORD.read([slugs, timezone.now()]):
        tool.category, tool.panel, tool.tally, tool.successor = category, panel, tally, successor
        yield tool
