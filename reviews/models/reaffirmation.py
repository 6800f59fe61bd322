from django.conf import settings
from django.db import models
from django.utils import timezone

from reviews.models.review import Review


class Reaffirmation(models.Model):
    """A current review was checked again, and it still stands: by its reviewer, or by staff on their behalf.

    Triggers: `reaffirmation_is_append_only`, `reaffirmation_touches_tool`, `undone_reaffirmation_touches_tool`.
    """

    # The key of one_reaffirmation_a_day serves it.
    review = models.ForeignKey(
        Review, models.PROTECT, related_name="reaffirmations", db_index=False
    )
    on = models.DateField()
    made_at = models.DateTimeField(
        default=timezone.now, help_text="It can be undone (deleted) within an hour."
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="confirmed by",
        help_text="Empty if it was imported.",
    )
    on_behalf = models.BooleanField(
        default=False, help_text="Whether somebody else confirmed it for the reviewer."
    )

    class Meta:
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(fields=["review", "on"], name="one_reaffirmation_a_day"),
        ]
        indexes = [
            # Reviews due: what was confirmed within the last hour.
            models.Index(fields=["made_at"], name="reaffirmation_made"),
        ]

    def __str__(self) -> str:
        return f"{self.review}, still stands on {self.on}"
