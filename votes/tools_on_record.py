"""Tools that are or were published, with all that stands beside them in other tables."""

from collections.abc import Iterator, Sequence

from django.utils import timezone

from reviews.models import PanelVerdict
from tools.models import Category, Tool
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


def tools_on_record(slugs: Sequence[str]) -> Iterator[Tool]:
    """Yield the tools with these slugs, with category, panel verdict, tally and successor, in one query."""
    for tool, category, panel, tally, successor in ON_RECORD.read([slugs, timezone.now()]):
        tool.category, tool.panel, tool.tally, tool.successor = category, panel, tally, successor
        yield tool
