"""Reads a bookmarks file from any source, and finds the tools that it names."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from bookmarks.exporting import FORMAT, VERSION
from bookmarks.merging import ImportedBookmark
from bookmarks.models import Bookmark
from tools.models import Tool
from web.json_document import BadDocument, Limits, parse, schema_problems

SCHEMA = Path(__file__).resolve().parents[1] / "docs" / "bookmarks.schema.json"
MOST_ENTRIES = 1000
LIMITS = Limits(characters=5_000_000, values=20 * MOST_ENTRIES, depth=10)
MAX_PROBLEMS = 5
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # no bookmark is older


@dataclass
class ImportedBookmarks:
    bookmarks: list[ImportedBookmark] = field(default_factory=list)
    # (name in the file, name now)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    # (name in the file, note): no tool of this site, or one that is not shown.
    unknown: list[tuple[str, str]] = field(default_factory=list)


def read(text: str) -> list[dict[str, Any]]:
    """Return the entries of a bookmarks file, as the schema describes them. Raises BadDocument."""
    document = parse(text, LIMITS)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise BadDocument(["This is not a bookmarks file that was exported from this site."])
    if document.get("version") != VERSION:
        raise BadDocument(
            [f"The version of the file is not {VERSION}, the only one that this site can read."]
        )
    entries = document.get("bookmarks")
    if isinstance(entries, list) and len(entries) > MOST_ENTRIES:
        raise BadDocument(
            [f"The file has {len(entries)} bookmarks. At most {MOST_ENTRIES} are allowed."]
        )
    schema = json.loads(SCHEMA.read_text())
    problems = schema_problems(document, schema, limit=MAX_PROBLEMS, mask="this")
    if problems:
        raise BadDocument(problems)
    return document["bookmarks"]


def find_tools(entries: list[dict[str, Any]], reader_id: UUID | None) -> ImportedBookmarks:
    """Find the tools of `entries` (from `read`), including by an old slug.

    A tool that is not shown is found only for a reader who has bookmarked it, so that a file reveals no
    drafts.
    """
    own = Bookmark.objects.of(reader_id).values("tool")
    tools = Tool.objects.filter(Q(published_at__lte=timezone.now()) | Q(pk__in=own))
    slugs = [entry["slug"] for entry in entries if entry["slug"]]
    by_slug = {tool.slug: tool for tool in tools.filter(slug__in=slugs)}
    renamed = tools.filter(old_slugs__slug__in=slugs).annotate(old_slug=F("old_slugs__slug"))
    by_old_slug = {tool.old_slug: tool for tool in renamed}
    imported = ImportedBookmarks()
    for entry in entries:
        slug, name = entry["slug"], entry["name"]
        tool = by_slug.get(slug) or by_old_slug.get(slug)
        if tool is None:
            imported.unknown.append((name, entry.get("note", "")))
            continue
        if slug in by_old_slug:
            imported.renamed.append((name, tool.name))
        imported.bookmarks.append(_incoming(entry, tool))
    return imported


def _incoming(entry: dict[str, Any], tool: Tool) -> ImportedBookmark:
    now = timezone.now()
    saved_at = _time(entry.get("saved_at"), EARLIEST, now)
    return ImportedBookmark(
        tool=tool,
        name=entry["name"],
        note=entry.get("note", "").replace("\r\n", "\n").strip(),
        saved_at=saved_at,
        seen_until=saved_at and _time(entry.get("seen_until"), saved_at, now),
    )


def _time(text: str | None, earliest: datetime, latest: datetime) -> datetime | None:
    """Return the time, or None if it is absent or not plausible."""
    try:
        time = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return time if time.tzinfo and earliest <= time <= latest else None
