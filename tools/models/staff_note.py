from typing import Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.utils import timezone

from tools.models.tool import Tool
from tools.text_length import length_constraint

MOST_CHARACTERS = 2000
NOTE_WORDS = SearchVector("text", config="english")


class StaffNoteQuerySet(models.QuerySet["StaffNote"]):
    def open(self) -> Self:
        return self.filter(done_at__isnull=True)


class StaffNote(models.Model):
    """What staff write to each other about a tool. Never public: no page, export or log for readers reads it."""

    tool = models.ForeignKey(Tool, models.CASCADE, related_name="staff_notes")
    text = models.TextField(max_length=MOST_CHARACTERS)
    at = models.DateTimeField(default=timezone.now)
    # An account that left is deactivated, not deleted.
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="for",
    )
    done_at = models.DateTimeField(null=True, blank=True)

    objects = StaffNoteQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [length_constraint("text", MOST_CHARACTERS, "staff_note_has_a_length")]
        indexes = [
            # The start page and the list of tools: open notes, and those for a member of staff.
            models.Index(
                fields=["assigned_to", "tool"],
                condition=models.Q(done_at__isnull=True),
                name="staff_note_open",
            ),
            # Search over the admin.
            GinIndex(NOTE_WORDS, name="staff_note_words"),
        ]

    def __str__(self) -> str:
        return f"Note on {self.tool}"
