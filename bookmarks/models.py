from secrets import token_urlsafe
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Reader
from tools.models import LedgerEntry, Tool

MOST_BOOKMARKS = 500  # per reader
LONGEST_NOTE = 2000  # characters


class BookmarkQuerySet(models.QuerySet["Bookmark"]):
    def of(self, reader_id: UUID | None) -> Self:
        """The bookmarks of the reader with this id, without the removed ones; none for None."""
        return self.filter(reader=reader_id, removed_at=None) if reader_id else self.none()

    def shown(self) -> Self:
        """Those of tools that have a public page: published or withdrawn ones."""
        return self.filter(
            Q(tool__published_at__lte=timezone.now()) | Q(tool__withdrawn_at__isnull=False)
        )

    def changed(self) -> Self:
        """Those whose tool has ledger entries that the reader has not marked as seen."""
        news = LedgerEntry.objects.filter(
            tool=models.OuterRef("tool"),
            at__gt=models.OuterRef("seen_until"),
            at__lte=timezone.now(),
        )
        return self.filter(models.Exists(news))


class Bookmark(models.Model):
    """A tool that a reader saved, and a watch on its change log from `saved_at` on.

    A removed bookmark keeps its row for a day (`bookmarks.retention_rules`), so that undo restores the note.
    """

    # The key of one_bookmark_per_reader_and_tool serves it.
    reader = models.ForeignKey(Reader, models.CASCADE, related_name="bookmarks", db_index=False)
    # Empty when the tool was deleted: the list shows its last known name.
    tool = models.ForeignKey(Tool, models.SET_NULL, null=True, related_name="bookmarks")
    saved_as = models.CharField(max_length=120, help_text="The tool's name when it was saved.")
    saved_at = models.DateTimeField(default=timezone.now)
    seen_until = models.DateTimeField(
        default=timezone.now, help_text="The reader has seen the changes up to this time."
    )
    note = models.CharField(max_length=LONGEST_NOTE, blank=True)
    removed_at = models.DateTimeField(null=True)

    objects = BookmarkQuerySet.as_manager()

    class Meta:
        constraints = [
            # Also the drawer, and a page's bookmark buttons.
            models.UniqueConstraint(
                fields=["reader", "tool"], name="one_bookmark_per_reader_and_tool"
            ),
            models.CheckConstraint(
                condition=Q(seen_until__gte=F("saved_at")),
                name="nothing_is_seen_before_it_is_saved",
            ),
        ]
        indexes = [
            # Deleting what was removed a day ago.
            models.Index(
                fields=["removed_at"],
                name="bookmark_removed",
                condition=Q(removed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.saved_as

    @property
    def shown_tool(self) -> Tool | None:
        """Its tool if that is published, else None."""
        return self.tool if self.tool and self.tool.is_published else None

    @property
    def is_shown(self) -> bool:
        """Whether its tool is published."""
        return self.shown_tool is not None

    @property
    def is_withdrawn(self) -> bool:
        """Whether its tool has a page that says why it is no longer published."""
        return self.tool is not None and self.tool.is_withdrawn


def make_secret() -> str:
    """Return 43 characters that cannot be guessed: 256 bits."""
    return token_urlsafe(32)


class FeedAddress(models.Model):
    """The secret address of a reader's private feed. Renewing it changes the secret."""

    reader = models.OneToOneField(
        Reader, models.CASCADE, primary_key=True, related_name="bookmark_feed"
    )
    secret = models.CharField(max_length=43, default=make_secret)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["secret"], name="one_feed_address_per_secret"),
        ]

    def __str__(self) -> str:
        return f"Feed since {self.made_at:%Y-%m-%d}"


class Transfer(models.Model):
    """A private link that copies a reader's bookmarks to another device: once, within 15 minutes."""

    reader = models.ForeignKey(Reader, models.CASCADE, related_name="transfers")
    secret = models.CharField(max_length=43, default=make_secret)
    made_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["secret"], name="one_transfer_per_secret"),
        ]
        indexes = [
            # Deleting old ones.
            models.Index(fields=["made_at"], name="transfer_made"),
        ]

    def __str__(self) -> str:
        return f"Transfer of {self.made_at:%Y-%m-%d %H:%M}"
