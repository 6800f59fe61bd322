"""A reader's bookmarks as the drawer and /bookmarks/ show them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from bookmarks.models import Bookmark
from bookmarks.queries import bookmarks_of, changes_of
from bookmarks.watch import WatchedChange, changes_by_tool
from reviews.models import PanelVerdict
from tools.models import Tool

ORDERS = {"added": "Newest first", "name": "Name", "verdict": "Panel verdict"}
BEST_FIRST = ["ship", "split", "skip", "none"]


@dataclass(frozen=True)
class Row:
    bookmark: Bookmark
    tool: Tool
    changes: list[WatchedChange]

    @property
    def is_new(self) -> bool:
        return any(change.is_new for change in self.changes)


@dataclass(frozen=True)
class BookmarkList:
    rows: list[Row]
    # Of tools without a public page: drafts again, or deleted.
    gone: list[Bookmark]
    order: str
    made_at: datetime

    @property
    def changed(self) -> int:
        """How many bookmarks have changes that the reader has not seen."""
        return sum(row.is_new for row in self.rows)

    @property
    def orders(self) -> list[tuple[str, str, bool]]:
        """(value, words, whether it is the chosen one)"""
        return [(order, words, order == self.order) for order, words in ORDERS.items()]


def build_bookmark_list(reader_id: UUID | None, order: str = "added") -> BookmarkList:
    """Build it in three queries, with any number of bookmarks; in none without a reader."""
    made_at = timezone.now()
    bookmarks = list(bookmarks_of(reader_id).select_related("tool__tally"))
    changes = changes_by_tool(changes_of(reader_id)) if bookmarks else {}
    rows = [
        Row(bookmark, bookmark.tool, changes.get(bookmark.tool.pk, []))
        for bookmark in bookmarks
        if bookmark.tool and (bookmark.is_shown or bookmark.is_withdrawn)
    ]
    return BookmarkList(
        rows=_sorted(rows, order),
        gone=[
            bookmark for bookmark in bookmarks if not (bookmark.is_shown or bookmark.is_withdrawn)
        ],
        order=order,
        made_at=made_at,
    )


def _sorted(rows: list[Row], order: str) -> list[Row]:
    """In `order`, a key of ORDERS; `rows` come newest first."""
    if order == "name":
        return sorted(rows, key=lambda row: row.tool.name.casefold())
    if order == "verdict":
        return sorted(rows, key=lambda row: _standing(row.tool.panel))
    return rows


def _standing(panel: PanelVerdict) -> tuple[int, Decimal | int]:
    """Ship, split, skip, not reviewed; the better score first."""
    return BEST_FIRST.index(panel.verdict), -(panel.score or 0)
