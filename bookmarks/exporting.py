"""Exports a reader's bookmarks as JSON, CSV and HTML files.

A tool that is no longer shown on the site keeps its slug, name and note in JSON and CSV, because these are
the reader's own data. It has no address, so it is left out of the HTML file. See docs/bookmarks.md.
"""

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from bookmarks.models import Bookmark
from tools.spreadsheet import escape

FORMAT = "ship-or-skip/bookmarks"
VERSION = 1
COLUMNS = ["name", "slug", "address", "category", "panel_verdict", "saved_at", "note"]


def as_json(bookmarks: Iterable[Bookmark]) -> str:
    document = {
        "format": FORMAT,
        "version": VERSION,
        "site": settings.SITE_URL,
        "exported_at": timezone.now().isoformat(),
        "bookmarks": [_row(bookmark) for bookmark in bookmarks],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def as_csv(bookmarks: Iterable[Bookmark]) -> str:
    # Excel reads UTF-8 only after a byte order mark.
    file = io.StringIO("\ufeff", newline="")
    file.seek(0, io.SEEK_END)
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for row in map(_row, bookmarks):
        writer.writerow([escape(row[column]) for column in COLUMNS])
    return file.getvalue()


def as_html(bookmarks: Iterable[Bookmark]) -> str:
    """Return a "bookmarks.html" that browsers import (Netscape bookmark file format), newest first."""
    shown = [
        (bookmark, settings.SITE_URL + tool.get_absolute_url())
        for bookmark in bookmarks
        if (tool := bookmark.shown_tool)
    ]
    return render_to_string("bookmarks/netscape.html", {"bookmarks": shown})


def _row(bookmark: Bookmark) -> dict[str, Any]:
    tool = bookmark.shown_tool
    return {
        "slug": bookmark.tool and bookmark.tool.slug,
        "name": tool.name if tool else bookmark.saved_as,
        "address": settings.SITE_URL + tool.get_absolute_url() if tool else None,
        "category": tool.category.name if tool else None,
        "panel_verdict": tool.panel.get_verdict_display() if tool else None,
        "saved_at": bookmark.saved_at.isoformat(),
        "seen_until": bookmark.seen_until.isoformat(),
        "note": bookmark.note,
    }
