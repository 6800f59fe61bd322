from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from bookmarks.models import Bookmark, BookmarkQuerySet
from reviews.queries import with_reviewers
from tools.models import LedgerEntry, LedgerEntryQuerySet
from web.replica import read_connection

# Of the bookmarks that `BookmarkQuerySet.shown` finds; news is what `changed` finds.
BOOKMARK_COUNTS = """
SELECT count(*) AS kept, count(*) FILTER (WHERE EXISTS (
    SELECT FROM tools_ledgerentry AS news
    WHERE news.tool_id = tool.id AND news.at > bookmark.seen_until AND news.at <= %(now)s
)) AS changed
FROM bookmarks_bookmark AS bookmark JOIN tools_tool AS tool ON tool.id = bookmark.tool_id
WHERE bookmark.reader_id = %(reader)s AND bookmark.removed_at IS NULL
    AND (tool.published_at <= %(now)s OR tool.withdrawn_at IS NOT NULL)
"""


def bookmarks_of(reader_id: UUID | None) -> BookmarkQuerySet:
    """Return all bookmarks of the reader, newest first, with tool, category, panel and successor.

    Including those of tools that are hidden or deleted (`tool` is None), so that the list can say so.
    """
    bookmarks = Bookmark.objects.of(reader_id).order_by("-saved_at", "-pk")
    return bookmarks.select_related("tool__category", "tool__panel", "tool__successor")


def changes_of(reader_id: UUID | None) -> LedgerEntryQuerySet:
    """Return the change log of the reader's bookmarked tools since each was saved, newest first.

    Each entry has its references loaded, and `is_new`: whether the reader has not marked it as seen.
    One query for any number of bookmarks.
    """
    entries = LedgerEntry.objects.public().filter(
        tool__bookmarks__reader=reader_id,
        tool__bookmarks__removed_at=None,
        at__gt=F("tool__bookmarks__saved_at"),
    )
    is_new = Q(at__gt=F("tool__bookmarks__seen_until"))
    with_is_new = entries.annotate(is_new=is_new)  # type: ignore[no-redef]  # declared on the model
    return with_reviewers(with_is_new.with_references())


def bookmark_counts(reader_id: UUID | None) -> dict[str, int]:
    """Return {"kept": how many bookmarks the reader sees, "changed": how many of them have news}.

    One query; none without a reader.
    """
    if reader_id is None:
        return {"kept": 0, "changed": 0}
    with read_connection().cursor() as cursor:
        cursor.execute(BOOKMARK_COUNTS, {"reader": reader_id, "now": timezone.now()})
        kept, changed = cursor.fetchone()
    return {"kept": kept, "changed": changed}
