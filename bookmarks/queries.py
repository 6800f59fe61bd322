from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from bookmarks.models import Bookmark
from reviews.queries import with_reviewers
from tools.models import LedgerEntry


def bookmarks_of(reader_id):
    """All that the reader keeps, newest first, with tool, category, panel and successor.

    Also those of tools that are hidden or gone (`tool` is None), so that the reader can be told.
    """
    bookmarks = Bookmark.objects.of(reader_id).order_by("-saved_at", "-pk")
    return bookmarks.select_related("tool__category", "tool__panel", "tool__successor")


def changes_of(reader_id):
    """What the public ledger tells of the reader's bookmarks since each was saved, newest first.

    Each LedgerEntry comes with its tool, and with `is_new` while the reader has not marked it as seen.
    One query for any number of bookmarks.
    """
    entries = (
        LedgerEntry.objects.public()
        .filter(
            tool__bookmarks__reader=reader_id,
            tool__bookmarks__removed_at=None,
            at__gt=F("tool__bookmarks__saved_at"),
        )
        .annotate(is_new=Q(at__gt=F("tool__bookmarks__seen_until")))
    )
    return with_reviewers(entries.with_references())


def with_bookmarks(tools, reader_id):
    """Tools with `is_bookmarked` by the reader; each also holds the counts for `bookmark_counts`."""
    own = Bookmark.objects.of(reader_id).shown()
    return tools.annotate(
        is_bookmarked=Exists(own.filter(tool=OuterRef("pk"))),
        bookmarks_kept=_count(own),
        bookmarks_changed=_count(own.changed()),
    )


def bookmark_counts(reader_id, tools=()):
    """{"kept": how many bookmarks the reader sees, "changed": how many of them say something new}.

    One query; none for nobody, or when there are `tools` from `with_bookmarks` that tell it.
    """
    for tool in tools:
        return {"kept": tool.bookmarks_kept, "changed": tool.bookmarks_changed}
    if reader_id is None:
        return {"kept": 0, "changed": 0}
    changed = Exists(Bookmark.objects.filter(pk=OuterRef("pk")).changed())
    own = Bookmark.objects.of(reader_id).shown()
    return own.aggregate(kept=Count("pk"), changed=Count("pk", filter=changed))


def _count(bookmarks):
    counted = bookmarks.order_by().values("reader").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))
