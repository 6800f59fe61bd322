"""The tools of a reader's stack: those that its packages belong to, with their verdicts and recent changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

import psycopg
from django.db import connection
from django.utils import timezone

from pages.comparison_urls import FEWEST, MOST, comparison_url
from pages.stack.manifests.manifest import Manifest
from reviews.queries import with_panel, with_reviewers
from tools.ledger_words import EventText, event_texts
from tools.models import LedgerEntry, Tool
from votes.listed import tools_by_id

MOST_TOOLS = 200  # that are shown
MOST_FOUND = 5_000
CHANGED_WITHIN = timedelta(days=365)
# Of each tool; most events have one to three entries.
MOST_ENTRIES, MOST_EVENTS = 9, 3

# What no longer goes on comes first: a reader has to act on it.
FIND_TOOLS = """
SELECT fact.tool_id, string_agg(fact.text, ' ')
FROM tools_fact AS fact JOIN tools_tool AS tool ON tool.id = fact.tool_id
WHERE fact.value_type = 'packages' AND string_to_array(fact.text, ' ') && %s::text[]
    AND tool.published_at <= %s
GROUP BY fact.tool_id, tool.id
ORDER BY array_position(ARRAY['discontinued', 'paused', 'renamed', 'acquired'], tool.status::text) NULLS LAST,
    tool.name, tool.id
LIMIT %s
"""
FIND_ENTRIES = """
SELECT recent.id FROM unnest(%s::bigint[]) AS listed (tool_id) CROSS JOIN LATERAL (
    SELECT entry.id FROM tools_ledgerentry AS entry
    WHERE entry.tool_id = listed.tool_id AND entry.at > %s AND entry.at <= %s
    ORDER BY entry.at DESC, entry.event DESC, entry.id DESC LIMIT %s
) AS recent
"""


@dataclass(frozen=True)
class StackTool:
    """A tool of the stack; `packages` are those of the file, `changes` the newest of the last year."""

    tool: Tool
    packages: list[str]
    changes: list[EventText]

    @property
    def successor(self) -> Tool | None:
        """None where readers cannot see it."""
        successor = self.tool.successor
        return successor if successor and successor.is_published else None


@dataclass(frozen=True)
class Stack:
    label: str
    packages: int
    skipped: int
    tools: list[StackTool]
    # How many tools were found; at most MOST_TOOLS are shown.
    found: int
    unknown: list[str]

    @property
    def comparison_url(self) -> str:
        """Empty unless the tools are as many as can be compared."""
        can_compare = FEWEST <= len(self.tools) <= MOST
        return comparison_url(*(row.tool.slug for row in self.tools)) if can_compare else ""


def build_stack(manifest: Manifest) -> Stack:
    """Build it in a constant number of queries, with any number of packages."""
    packages_of = _find_tools(list(manifest.packages))
    shown = list(packages_of)[:MOST_TOOLS]
    tools = tools_by_id(with_panel(Tool.objects.select_related("successor__panel")), shown)
    changes = _changes(shown)
    known = {url for urls in packages_of.values() for url in urls}
    return Stack(
        label=manifest.label,
        packages=len(manifest.packages),
        skipped=manifest.skipped,
        tools=[
            StackTool(
                tool=tool,
                packages=[url for url in packages_of[tool.pk] if url in manifest.packages],
                changes=changes.get(tool.pk, []),
            )
            for tool in tools
        ],
        found=len(packages_of),
        unknown=[url for url in manifest.packages if url not in known],
    )


def _find_tools(urls: Sequence[str]) -> dict[int, list[str]]:
    """Return {tool id: its package URLs} of the published tools that have one of `urls`.

    Postgres logs the text of a statement that fails, and psycopg's client-side binding would write the
    packages of the reader into it.
    """
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        rows = cursor.execute(FIND_TOOLS, [urls, timezone.now(), MOST_FOUND]).fetchall()
    return {tool_id: text.split() for tool_id, text in rows}


def _changes(tool_ids: Sequence[int]) -> dict[int, list[EventText]]:
    """Return {tool id: its newest events of the last year, in words}."""
    texts = sorted(event_texts(_recent_entries(tool_ids)), key=lambda text: text.tool.pk)
    return {
        tool_id: [text for text in of_tool if text.lines][:MOST_EVENTS]
        for tool_id, of_tool in groupby(texts, key=lambda text: text.tool.pk)
    }


def _recent_entries(tool_ids: Sequence[int]) -> Iterable[LedgerEntry]:
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(FIND_ENTRIES, [list(tool_ids), now - CHANGED_WITHIN, now, MOST_ENTRIES])
        ids = [entry_id for (entry_id,) in cursor]
    return with_reviewers(LedgerEntry.objects.filter(pk__in=ids).public().with_references())
