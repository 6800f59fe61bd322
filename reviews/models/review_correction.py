from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from reviews.models.review import Review
from tools.text_length import length_constraint


class ReviewCorrection(models.Model):
    """A typing error in the text of a published review was corrected. Readers can see the earlier text.

    A new row changes `Review.body` from `old_body` to `new_body`, and is refused where that is not the text.

    Triggers: `review_correction_changes_the_text`, `review_correction_is_append_only`.
    """

    # The key of one_correction_at_a_time serves it.
    review = models.ForeignKey(Review, models.PROTECT, related_name="corrections", db_index=False)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="corrected by",
        help_text="Empty if it was imported.",
    )
    old_body = models.TextField("earlier text", max_length=20_000)
    new_body = models.TextField("text after", max_length=20_000)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            length_constraint("new_body", 20_000, "corrected_body_has_a_length"),
            models.CheckConstraint(
                condition=~Q(old_body=F("new_body")) & ~Q(new_body=""),
                name="correction_changes_the_text",
                violation_error_message="A correction changes the text, and leaves some.",
            ),
            models.UniqueConstraint(fields=["review", "at"], name="one_correction_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.review}, corrected on {self.at:%Y-%m-%d}"
