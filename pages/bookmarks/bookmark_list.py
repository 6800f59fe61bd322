"""A reader's bookmarks as the drawer and /bookmarks/ print them."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from bookmarks.models import Bookmark
from bookmarks.queries import bookmarks_of, changes_of
from bookmarks.watch import WatchedChange, changes_by_tool
from web.form_token import make_form_token

ORDERS = {"added": "Newest first", "name": "Name", "verdict": "Panel verdict"}
BEST_FIRST = ["ship", "split", "skip", "none"]


@dataclass(frozen=True)
class Row:
    bookmark: Bookmark
    changes: list[WatchedChange]

    @property
    def tool(self):
        return self.bookmark.tool

    @property
    def is_new(self):
        return any(change.is_new for change in self.changes)


@dataclass(frozen=True)
class BookmarkList:
    rows: list[Row]
    # Of tools without a public page: drafts again, or deleted.
    gone: list[Bookmark]
    order: str
    token: str
    made_at: datetime

    @property
    def changed(self):
        """How many bookmarks say something new."""
        return sum(row.is_new for row in self.rows)

    @property
    def orders(self):
        """(value, words, whether it is the chosen one)"""
        return [(order, words, order == self.order) for order, words in ORDERS.items()]


def build_bookmark_list(reader_id, order="added"):
    """Build it in three queries, with any number of bookmarks; none for nobody."""
    made_at = timezone.now()
    bookmarks = list(bookmarks_of(reader_id).select_related("tool__tally"))
    changes = changes_by_tool(changes_of(reader_id)) if bookmarks else {}
    rows = [
        Row(bookmark, changes.get(bookmark.tool_id, []))
        for bookmark in bookmarks
        if bookmark.is_shown or bookmark.is_withdrawn
    ]
    return BookmarkList(
        rows=_sorted(rows, order),
        gone=[
            bookmark for bookmark in bookmarks if not (bookmark.is_shown or bookmark.is_withdrawn)
        ],
        order=order,
        token=make_form_token(reader_id),
        made_at=made_at,
    )


def _sorted(rows, order):
    """In `order`, a key of ORDERS; `rows` come newest first."""
    if order == "name":
        return sorted(rows, key=lambda row: row.tool.name.casefold())
    if order == "verdict":
        return sorted(rows, key=lambda row: _standing(row.tool.panel))
    return rows


def _standing(panel):
    """Ship, split, skip, not reviewed; the better score first."""
    return BEST_FIRST.index(panel.verdict), -(panel.score or 0)
