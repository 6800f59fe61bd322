from bookmarks.models import Bookmark, FeedAddress, Transfer
from web.retention.rules import RowRule, StatedRule, register

register(
    # Until then undo restores a bookmark with its note.
    RowRule(
        name="removed bookmarks",
        what="Removed bookmarks, with their notes",
        days=1,
        since="after the removal",
        rows=Bookmark.objects.filter(removed_at__isnull=False),
        column="removed_at",
    ),
    # Until then an old link says that it was used or has expired.
    RowRule(
        name="transfers",
        what="Links that copy bookmarks to another device",
        days=1,
        since="after the link was made",
        rows=Transfer.objects.all(),
        column="made_at",
    ),
    StatedRule(
        name="feed addresses",
        what="Secret addresses of private feeds",
        kept="until replaced or turned off, or until the reader is deleted",
        where=FeedAddress._meta.db_table,
    ),
)
