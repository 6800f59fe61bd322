"""The tools of a reader's stack: those that its packages belong to, with their verdicts and recent changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

import psycopg
from django.db import connection
from django.utils import timezone

from reviews.queries import with_panel, with_reviewers
from stack.manifests.manifest import Manifest
from tools.comparison_urls import FEWEST, MOST, comparison_url
from tools.ledger_words import EventText, event_texts
from tools.models import LedgerEntry, Tool

MOST_TOOLS = 200  # that are shown
MOST_FOUND = 5_000
CHANGED_WITHIN = timedelta(days=365)
# Of each tool; most events have one to three entries.
MOST_ENTRIES, MOST_EVENTS = 9, 3

FIND_PACKAGES = """
SELECT fact.tool_id, package.url
FROM tools_factpackage AS package JOIN tools_fact AS fact ON fact.id = package.fact_id
WHERE package.url = ANY (%s::text[]) LIMIT %s
"""
# What no longer goes on comes first: a reader has to act on it.
STATUSES = ["discontinued", "paused", "renamed", "acquired", "active"]
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
    def holds_sample(self) -> bool:
        """Whether the footer says that there is sample content."""
        return any(row.tool.is_sample for row in self.tools)

    @property
    def comparison_url(self) -> str:
        """Empty unless the tools are as many as can be compared."""
        can_compare = FEWEST <= len(self.tools) <= MOST
        return comparison_url(*(row.tool.slug for row in self.tools)) if can_compare else ""


def build_stack(manifest: Manifest) -> Stack:
    """Build it in a constant number of queries, with any number of packages."""
    packages_of = _find_tools(list(manifest.packages))
    shown = list(packages_of)[:MOST_TOOLS]
    tools = with_panel(Tool.objects.select_related("successor__panel")).in_bulk(shown)
    changes = _changes(shown)
    known = {url for urls in packages_of.values() for url in urls}
    return Stack(
        label=manifest.label,
        packages=len(manifest.packages),
        skipped=manifest.skipped,
        tools=[
            StackTool(tools[pk], sorted(set(packages_of[pk])), changes.get(pk, []))
            for pk in shown
            if pk in tools  # not deleted since
        ],
        found=len(packages_of),
        unknown=[url for url in manifest.packages if url not in known],
    )


def _find_tools(urls: Sequence[str]) -> dict[int, list[str]]:
    """Return {tool id: those of `urls` that are its packages} of published tools.

    In the order in which they are shown.

    Postgres logs the text of a statement that fails, and psycopg's client-side binding would write the
    packages of the reader into it.
    """
    packages: dict[int, list[str]] = {}
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        for tool_id, url in cursor.execute(FIND_PACKAGES, [urls, MOST_FOUND]):
            packages.setdefault(tool_id, []).append(url)
    tools = Tool.objects.published().filter(pk__in=packages).values_list("status", "name", "pk")
    in_order = sorted(tools, key=lambda tool: (STATUSES.index(tool[0]), *tool[1:]))
    return {tool_id: packages[tool_id] for _, _, tool_id in in_order}


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
