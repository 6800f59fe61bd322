"""A reader's bookmarks as files that something else can open.

What is not shown on the site any more keeps its slug, name and note in JSON and CSV, since these are the
reader's own; it has no address to put into a browser's bookmarks. See docs/bookmarks.md.
"""

import csv
import io
import json

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from tools.spreadsheet import escape

FORMAT = "ship-or-skip/bookmarks"
VERSION = 1
COLUMNS = ["name", "slug", "address", "category", "panel_verdict", "saved_at", "note"]


def as_json(bookmarks):
    document = {
        "format": FORMAT,
        "version": VERSION,
        "site": settings.SITE_URL,
        "exported_at": timezone.now().isoformat(),
        "bookmarks": [_row(bookmark) for bookmark in bookmarks],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def as_csv(bookmarks):
    """Excel reads UTF-8 only behind a byte order mark."""
    file = io.StringIO("\ufeff", newline="")
    file.seek(0, io.SEEK_END)
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for row in map(_row, bookmarks):
        writer.writerow([escape(row[column]) for column in COLUMNS])
    return file.getvalue()


def as_html(bookmarks):
    """The file that browsers call "bookmarks.html" (Netscape's format), newest first."""
    shown = [
        (bookmark, settings.SITE_URL + bookmark.tool.get_absolute_url())
        for bookmark in bookmarks
        if bookmark.is_shown
    ]
    return render_to_string("bookmarks/netscape.html", {"bookmarks": shown})


def _row(bookmark):
    tool = bookmark.tool
    is_shown = bookmark.is_shown
    return {
        "slug": tool and tool.slug,
        "name": tool.name if is_shown else bookmark.saved_as,
        "address": settings.SITE_URL + tool.get_absolute_url() if is_shown else None,
        "category": tool.category.name if is_shown else None,
        "panel_verdict": tool.panel.get_verdict_display() if is_shown else None,
        "saved_at": bookmark.saved_at.isoformat(),
        "seen_until": bookmark.seen_until.isoformat(),
        "note": bookmark.note,
    }
