from decimal import Decimal

from django.db import models
from django.db.models import Case, F, Q, When

from tools.models import Tool
from tools.panel_word import PanelWord

RANKED_FROM = 3  # reviews


class PanelVerdict(models.Model):
    """The panel's verdict and figures of a tool, derived from its current reviews.

    Every tool has one: a trigger adds it with the tool. Only `reviews.panel.recount_tools` writes it, in the
    transaction that changed the reviews.

    Triggers: `panel_verdict_update_touches_tool`, `panel_verdict_insert_reaches_listing`,
    `panel_verdict_update_reaches_listing`.
    """

    Word = PanelWord

    tool = models.OneToOneField(Tool, models.CASCADE, primary_key=True, related_name="panel")
    verdict = models.CharField(max_length=5, choices=Word, default=Word.NONE)
    ships = models.PositiveSmallIntegerField(default=0)
    skips = models.PositiveSmallIntegerField(default=0)
    # Whole percent, rounded half up; unknown without reviews, like the three below.
    ship_percent = models.PositiveSmallIntegerField(null=True)
    score = models.DecimalField("panel score", max_digits=4, decimal_places=1, null=True)
    spread = models.PositiveSmallIntegerField(null=True)
    last_reviewed_on = models.DateField(null=True)
    # The sort key of rankings: the score of a tool with enough reviews to be ranked, else unknown.
    ranking_score = models.GeneratedField(
        expression=Case(When(ships__gte=RANKED_FROM - F("skips"), then="score")),
        output_field=models.DecimalField(max_digits=4, decimal_places=1, null=True),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="none", ships=0, skips=0, score__isnull=True)
                | (
                    (
                        Q(verdict="ship", ships__gt=F("skips"))
                        | Q(verdict="skip", ships__lt=F("skips"))
                        | Q(verdict="split", ships=F("skips"), ships__gt=0)
                    )
                    & Q(score__range=(Decimal(0), Decimal(100)))
                ),
                name="panel_verdict_follows_its_counts",
            ),
        ]
        indexes = [
            # The filter of the admin's list of tools.
            models.Index(fields=["verdict"], name="panel_verdict"),
        ]

    def __str__(self) -> str:
        return self.get_verdict_display()

    @property
    def review_count(self) -> int:
        return self.ships + self.skips

    @property
    def is_ranked(self) -> bool:
        return self.review_count >= RANKED_FROM


class CloseCall(models.Model):
    """Two tools of one category that the panel can hardly tell apart, stored by a job: see `reviews.close_calls`."""

    KEY = ["first_id", "second_id"]

    # The key of one_close_call_per_pair serves it.
    first = models.ForeignKey(Tool, models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(Tool, models.CASCADE, related_name="+")
    # The mean difference in points over the reviewers who scored both, without its sign.
    gap = models.DecimalField(max_digits=7, decimal_places=4)

    class Meta:
        ordering = ["gap", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_close_call_per_pair"),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="close_call_names_the_older_tool_first"
            ),
        ]
        indexes = [
            # The home page and the picker.
            models.Index(fields=["gap", "id"], name="close_call_nearest"),
        ]

    def __str__(self) -> str:
        return f"{self.first} vs {self.second}"
