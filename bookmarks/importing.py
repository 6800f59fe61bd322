"""Reading a file of bookmarks: text of anybody's making in, bookmarks of tools that there are out."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from django.db.models import F, Q
from django.utils import timezone

from bookmarks.exporting import FORMAT, VERSION
from bookmarks.merging import ImportedBookmark
from bookmarks.models import Bookmark
from tools.models import Tool
from web.json_document import BadDocument, parse, schema_problems

SCHEMA = Path(__file__).resolve().parents[1] / "docs" / "bookmarks.schema.json"
MOST_ENTRIES = 1000
PROBLEMS_TOLD = 5
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # nobody saved a bookmark of ours before


@dataclass
class ImportedBookmarks:
    bookmarks: list[ImportedBookmark] = field(default_factory=list)
    # (name in the file, name now)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    # (name in the file, note): no tool of this site, or none that is shown.
    unknown: list[tuple[str, str]] = field(default_factory=list)


def read(text):
    """The entries of a file of bookmarks, as the schema has them. Raises BadDocument in words."""
    document = parse(text)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise BadDocument(["This is no file of bookmarks that was exported here."])
    if document.get("version") != VERSION:
        raise BadDocument([f"The file has another version than {VERSION}, which this site reads."])
    entries = document.get("bookmarks")
    if isinstance(entries, list) and len(entries) > MOST_ENTRIES:
        raise BadDocument(
            [f"The file has {len(entries)} bookmarks; at most {MOST_ENTRIES} can be."]
        )
    schema = json.loads(SCHEMA.read_text())
    problems = schema_problems(document, schema, limit=PROBLEMS_TOLD, mask="this")
    if problems:
        raise BadDocument(problems)
    return entries


def find_tools(entries, reader_id=None):
    """ImportedBookmarks: which tools `entries` (of `read`) are about, also by a slug they had before.

    A tool that is not shown counts only for a reader who has a bookmark of it: nobody learns of drafts.
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


def _incoming(entry, tool):
    now = timezone.now()
    saved_at = _time(entry.get("saved_at"), EARLIEST, now)
    return ImportedBookmark(
        tool=tool,
        name=entry["name"],
        note=entry.get("note", "").replace("\r\n", "\n").strip(),
        saved_at=saved_at,
        seen_until=saved_at and _time(entry.get("seen_until"), saved_at, now),
    )


def _time(text, earliest, latest):
    """The time, or None when it is absent or not plausible."""
    try:
        time = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return time if time.tzinfo and earliest <= time <= latest else None
