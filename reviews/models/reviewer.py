from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.urls import reverse

from tools.slugs import OldSlug, WithSlug, refuse_old_slug_of_another, slug_constraints, slug_field
from tools.text_length import length_constraint


class ReviewerQuerySet(models.QuerySet["Reviewer"]):
    def active(self) -> Self:
        return self.filter(is_active=True)


class Reviewer(WithSlug):
    """A member of the panel.

    Triggers: `reviewer_slug_is_no_old_one`, `reviewer_old_slug_is_kept`, `reviewer_touches_catalog`.
    """

    class Kind(models.TextChoices):
        HUMAN = "human", "Human"
        AI_ASSISTED = "ai_assisted", "AI-assisted"

    name = models.CharField(
        max_length=60, error_messages={"unique": "Another reviewer has this name."}
    )
    slug = slug_field()
    motto = models.CharField(max_length=140, blank=True)
    bio = models.TextField(max_length=5000, blank=True, help_text="Markdown.")
    excited_about = models.CharField("gets excited about", max_length=300, blank=True)
    tired_of = models.CharField("tired of", max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(
        "active", default=True, help_text="Untick to retire this reviewer."
    )
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.HUMAN)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="reviewer",
        error_messages={"unique": "Another reviewer is tied to this account."},
        help_text="The member of staff who enters the scores of this reviewer, without seeing the other scores first.",
    )

    # Of `reviews.queries.with_review_counts`.
    review_count: int
    ship_count: int
    mean_score: Decimal | None

    objects = ReviewerQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            *slug_constraints("reviewer"),
            models.UniqueConstraint(fields=["name"], name="one_reviewer_per_name"),
            length_constraint("bio", 5000, "reviewer_bio_has_a_length"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("reviewer_detail", args=[self.slug])

    def clean(self) -> None:
        refuse_old_slug_of_another(self, OldReviewerSlug, owner="reviewer")


class OldReviewerSlug(OldSlug):
    reviewer = models.ForeignKey(Reviewer, models.CASCADE, related_name="old_slugs")
