"""How the reviewers compare with each other, stored by a job: see `reviews.calibration.figures`."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from reviews.rounding import plain, signed

# Below so many shared tools alpha is not printed.
ALPHA_MIN_TOOLS = 5


class Leniency(models.Model):
    """How far a reviewer's scores lie above the panel's on average, in points, shrunk towards 0."""

    KEY = ["reviewer_id"]

    reviewer = models.OneToOneField(
        "reviews.Reviewer", models.CASCADE, primary_key=True, related_name="leniency"
    )
    # Over how many tools, and the plain mean before shrinking.
    tools = models.PositiveIntegerField()
    residual = models.DecimalField(max_digits=4, decimal_places=1)
    points = models.DecimalField(max_digits=4, decimal_places=1)

    class Meta:
        verbose_name_plural = "leniencies"

    def __str__(self) -> str:
        return f"{self.points_text} points"

    @property
    def points_text(self) -> str:
        return signed(self.points)

    @property
    def residual_text(self) -> str:
        return signed(self.residual)

    @property
    def size(self) -> Decimal:
        return abs(self.points)


class Agreement(models.Model):
    """How far two reviewers agree on the tools that both reviewed. `first` has the lower id."""

    KEY = ["first_id", "second_id"]

    # The key of one_agreement_per_pair serves it.
    first = models.ForeignKey("reviews.Reviewer", models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey("reviews.Reviewer", models.CASCADE, related_name="+")
    tools = models.PositiveIntegerField()
    same_verdict = models.PositiveIntegerField()
    # Krippendorff's alpha; unknown where every value is the same.
    verdict_alpha = models.DecimalField(max_digits=4, decimal_places=2, null=True)
    score_alpha = models.DecimalField(max_digits=4, decimal_places=2, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_agreement_per_pair"),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="agreement_is_stored_once"
            ),
            models.CheckConstraint(
                condition=Q(tools__gte=1, same_verdict__lte=F("tools")),
                name="agreement_is_part_of_the_shared_tools",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.same_verdict} of {self.tools}"

    @property
    def verdict_alpha_text(self) -> str:
        return self._alpha_text(self.verdict_alpha)

    @property
    def score_alpha_text(self) -> str:
        return self._alpha_text(self.score_alpha)

    def _alpha_text(self, alpha: Decimal | None) -> str:
        """Return "0.31", or "–" where it is unknown or says more about chance than about the reviewers."""
        return "–" if alpha is None or self.tools < ALPHA_MIN_TOOLS else plain(alpha)
