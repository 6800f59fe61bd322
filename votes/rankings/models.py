"""The rankings and the biggest moves, stored by a job: see `votes.rankings.figures`."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from reviews.rounding import percent, signed
from tools.models import Category, Tool
from tools.panel_word import PanelWord


class Ranking(models.TextChoices):
    PANEL = "panel", "By the panel"
    COMMUNITY = "community", "By the community"
    DIVISIVE = "divisive", "Most divisive"
    GAP = "gap", "Widest gap between panel and community"


class RankedTool(models.Model):
    """The figures of a tool that has a rank, as they were when the ranks were computed.

    Those of the panel's scores are unknown with fewer than three reviews, votes with fewer than ten.
    """

    KEY = ["tool_id"]

    tool = models.OneToOneField(Tool, models.CASCADE, primary_key=True, related_name="ranked")
    reviews = models.PositiveSmallIntegerField()
    panel_ships = models.PositiveSmallIntegerField()
    score = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    # The 95 % interval of the mean score.
    score_low = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    score_high = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    lowest = models.PositiveSmallIntegerField(null=True)
    highest = models.PositiveSmallIntegerField(null=True)
    # The mean of the scores, each without the leniency of its reviewer.
    corrected_score = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    # Of readers' votes.
    ships = models.IntegerField(null=True)
    skips = models.IntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.tool_id}: {self.score}, {self.ships} ship, {self.skips} skip"

    @property
    def votes(self) -> int:
        return (self.ships or 0) + (self.skips or 0)

    @property
    def ship_percent(self) -> int:
        return percent(self.ships or 0, self.votes) or 0

    @property
    def panel_percent(self) -> int:
        return percent(self.panel_ships, self.reviews) or 0

    @property
    def spread(self) -> int:
        return (self.highest or 0) - (self.lowest or 0)

    @property
    def gap(self) -> int:
        """The panel's ship share minus the readers', in percentage points."""
        return self.panel_percent - self.ship_percent


class Rank(models.Model):
    """The rank of a tool among the tools of a category, or among all tools where that is empty."""

    KEY = ["ranking", "category_id", "ranked_tool_id"]

    ranking = models.CharField(max_length=9, choices=Ranking)
    # The key of one_rank_per_place serves it: no query asks for the ranks of a category in all rankings.
    category = models.ForeignKey(
        Category, models.CASCADE, null=True, related_name="+", db_index=False
    )
    ranked_tool = models.ForeignKey(RankedTool, models.CASCADE, related_name="ranks")
    # The place in the list; several places can share a rank.
    place = models.PositiveIntegerField()
    rank = models.PositiveIntegerField()
    is_shared = models.BooleanField()
    among = models.PositiveIntegerField("how many tools have a rank")
    # By the corrected score, and by how many places that is higher than by the score; negative: lower.
    corrected_place = models.PositiveIntegerField(null=True)
    rise = models.IntegerField(null=True)

    class Meta:
        ordering = ["ranking", "category", "place"]
        constraints = [
            # Also reads a ranking in order.
            models.UniqueConstraint(
                fields=["ranking", "category", "place"],
                nulls_distinct=False,
                name="one_rank_per_place",
            ),
            models.CheckConstraint(
                condition=Q(rank__gte=1, rank__lte=F("place"), place__lte=F("among")),
                name="rank_is_at_most_its_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_ranking_display()}: {self.text}"

    @property
    def text(self) -> str:
        """ "3", or "=3" where tools share the rank."""
        return f"={self.rank}" if self.is_shared else str(self.rank)


class Move(models.Model):
    """Where the panel's score and verdict of a tool were a month ago, or before the first change since."""

    KEY = ["tool_id"]

    tool = models.OneToOneField(Tool, models.CASCADE, primary_key=True, related_name="+")
    old_score = models.DecimalField(max_digits=4, decimal_places=1)
    old_verdict = models.CharField(max_length=5, choices=PanelWord)

    def __str__(self) -> str:
        return f"{self.tool_id}: from {self.old_score}, {self.get_old_verdict_display()}"

    @property
    def points(self) -> Decimal:
        """The panel score minus the old one. A tool whose reviews were all withdrawn has none."""
        score = self.tool.panel.score
        return Decimal(0) if score is None else score - self.old_score

    @property
    def points_text(self) -> str:
        return signed(self.points)

    @property
    def changed_verdict(self) -> bool:
        return self.old_verdict != self.tool.panel.verdict

    @property
    def has_moved(self) -> bool:
        return self.tool.panel.score is not None and (self.changed_verdict or bool(self.points))
