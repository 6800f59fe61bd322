from collections.abc import Iterable
from typing import TYPE_CHECKING, TypedDict
from uuid import UUID

from django.db.models import (
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from bookmarks.models import Bookmark, BookmarkQuerySet
from reviews.queries import with_reviewers
from tools.models import LedgerEntry, LedgerEntryQuerySet, Tool

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class BookmarkInfo(TypedDict):
        is_bookmarked: bool
        bookmarks_kept: int
        bookmarks_changed: int

    type ToolWithBookmarks = WithAnnotations[Tool, BookmarkInfo]


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


def with_bookmarks(tools: QuerySet[Tool], reader_id: UUID) -> "QuerySet[ToolWithBookmarks]":
    """Annotate `is_bookmarked` by the reader, and on each tool the counts for `bookmark_counts`."""
    own = Bookmark.objects.of(reader_id).shown()
    return tools.annotate(
        is_bookmarked=Exists(own.filter(tool=OuterRef("pk"))),
        bookmarks_kept=_count(own),
        bookmarks_changed=_count(own.changed()),
    )


def bookmark_counts(
    reader_id: UUID | None, tools: "Iterable[ToolWithBookmarks]" = ()
) -> dict[str, int]:
    """Return {"kept": how many bookmarks the reader sees, "changed": how many of them have news}.

    One query; none without a reader, or with any `tools` from `with_bookmarks`.
    """
    for tool in tools:
        return {"kept": tool.bookmarks_kept, "changed": tool.bookmarks_changed}
    if reader_id is None:
        return {"kept": 0, "changed": 0}
    changed = Exists(Bookmark.objects.filter(pk=OuterRef("pk")).changed())
    own = Bookmark.objects.of(reader_id).shown()
    return own.aggregate(kept=Count("pk"), changed=Count("pk", filter=changed))


def _count(bookmarks: BookmarkQuerySet) -> Combinable:
    counted = bookmarks.order_by().values("reader").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))
