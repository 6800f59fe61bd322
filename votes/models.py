from typing import Protocol, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.expressions import Case, Combinable, CombinedExpression, When
from django.db.models.functions import Cast, Sqrt
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.models import Reader
from reviews.listing.models import facet_indexes
from reviews.rounding import percent
from tools.models import Category, Tool
from votes.rankings import models as rankings  # noqa: F401  registers them

Z = 1.96  # of a 95 % interval
RANKED_FROM = 10  # votes


class Choice(models.TextChoices):
    SHIP = "ship", "Ship"
    SKIP = "skip", "Skip"


class Rule(models.TextChoices):
    """The public rules under which a vote does not count. `/voting/` prints them with their figures."""

    NEWCOMERS = "newcomers", "Too many new readers from one network in an hour"
    PACE = "pace", "Votes came too fast"
    NETWORK_CAP = "network-cap", "Too many votes from one network on one tool in a day"
    BURST = "burst", "A burst far above the tool's own history"
    STAFF = "staff", "Voided by staff, with a stated reason"


class Reason(models.Model):
    """One of the closed list of reasons that a reader may add to a vote.

    Triggers: `reason_touches_catalog`.
    """

    side = models.CharField(max_length=4, choices=Choice)
    slug = models.SlugField(max_length=40, db_index=False)
    label = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(
        "offered", default=True, help_text="Untick to stop offering this reason to readers."
    )

    class Meta:
        ordering = ["side", "position", "label"]
        constraints = [
            models.UniqueConstraint(
                fields=["side", "slug"],
                name="one_reason_per_side_and_slug",
                violation_error_message="This side already has a reason with this slug.",
            ),
            # The foreign key of a vote's reason refers to these two columns.
            models.UniqueConstraint(fields=["id", "side"], name="reason_and_its_side"),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()}: {self.label}"


class VoteQuerySet(models.QuerySet["Vote"]):
    def counted(self) -> Self:
        return self.filter(state=Vote.State.COUNTED)

    def held(self) -> Self:
        return self.filter(state=Vote.State.HELD)


class Vote(models.Model):
    """One reader's ship or skip on one tool.

    Triggers update the tally and the public vote log in the same transaction. A vote that does not count
    keeps the name of the rule. A withdrawn vote keeps its row, so that withdrawing a held vote and casting
    it again does not make it count. `reader` is empty once the reader's data is deleted.

    Triggers: `vote_insert_is_counted`, `vote_update_is_counted`, `vote_delete_is_counted`.
    """

    class State(models.TextChoices):
        COUNTED = "counted", "Counted"
        HELD = "held", "Held"
        VOIDED = "voided", "Voided"
        WITHDRAWN = "withdrawn", "Withdrawn"

    # The key of one_vote_per_reader_and_tool serves it.
    reader = models.ForeignKey(
        Reader, models.SET_NULL, null=True, related_name="votes", db_index=False
    )
    # The index vote_tool_changed serves it.
    tool = models.ForeignKey(Tool, models.PROTECT, related_name="votes", db_index=False)
    choice = models.CharField(max_length=4, choices=Choice)
    reason = models.ForeignKey(
        Reason, models.PROTECT, null=True, blank=True, related_name="votes", db_index=False
    )
    state = models.CharField(max_length=9, choices=State, default=State.COUNTED)
    rule = models.CharField(max_length=11, choices=Rule, blank=True)
    network = models.BinaryField(max_length=16)
    cast_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = VoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reader", "tool"], name="one_vote_per_reader_and_tool"),
            models.CheckConstraint(
                condition=Q(choice__in=["ship", "skip"]), name="vote_is_ship_or_skip"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["counted", "withdrawn"]) | ~Q(rule=""),
                name="vote_that_does_not_count_names_its_rule",
            ),
            models.CheckConstraint(
                condition=~Q(state="counted") | Q(rule=""), name="counted_vote_has_no_rule"
            ),
        ]
        indexes = [
            # Staff's list of the votes on a tool, by the time of the last change, and the picture of it.
            models.Index(fields=["tool", "-changed_at", "-id"], name="vote_tool_changed"),
            # Staff's list of the votes of a network.
            models.Index(fields=["network", "-id"], name="vote_network"),
            # Staff's list of the votes that a rule stopped. Few have one.
            models.Index(fields=["rule", "-id"], name="vote_rule", condition=~Q(rule="")),
            # Staff's list of held votes, of all tools and of one. Few votes do not count.
            models.Index(
                fields=["state", "tool", "changed_at"],
                name="vote_state_tool_changed",
                condition=~Q(state="counted"),
            ),
            # Which reasons are in use. Most votes have none.
            models.Index(fields=["reason"], name="vote_reason", condition=Q(reason__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.get_choice_display()} on {self.tool_id}, {self.get_state_display()}"


def wilson(ships: Combinable, votes: Combinable, sign: int) -> CombinedExpression:
    """Return a bound of the Wilson score interval (E. B. Wilson, 1927) of a share, as SQL; `sign` is 1 or -1."""
    share = Cast(ships, models.FloatField()) / votes
    center = share + Value(Z * Z / 2) / votes
    margin = Value(Z) * Sqrt((share * (Value(1.0) - share) + Value(Z * Z / 4) / votes) / votes)
    return (center + Value(float(sign)) * margin) / (Value(1.0) + Value(Z * Z) / votes)


class _ShipsAndSkips(Protocol):
    @property
    def ships(self) -> int: ...
    @property
    def skips(self) -> int: ...


class TallyFigures:
    """What follows from `ships` and `skips`."""

    @property
    def votes(self: _ShipsAndSkips) -> int:
        return self.ships + self.skips

    @property
    def is_ranked(self: _ShipsAndSkips) -> bool:
        return self.ships + self.skips >= RANKED_FROM

    @property
    def ship_percent(self: _ShipsAndSkips) -> int | None:
        """Whole percent, rounded half up; None without votes."""
        return percent(self.ships, self.ships + self.skips)


class Tally(TallyFigures, models.Model):
    """Ships, skips and held votes of a tool, kept by triggers in the transaction of each vote.

    Every tool has one. `rank_bound` is the lower bound of the 95 % Wilson interval of the ship share; a
    tool with fewer than 10 votes has none, and no rank. Category, entry, verdict and publication are those of
    the tool's Listing, copied by triggers so that one index reads the ranking with any filter.
    """

    tool = models.OneToOneField(Tool, models.CASCADE, primary_key=True, related_name="tally")
    ships = models.IntegerField(default=0)
    skips = models.IntegerField(default=0)
    held = models.IntegerField(default=0)
    version = models.BigIntegerField(default=0)
    category = models.ForeignKey(
        Category,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    entry = models.CharField(max_length=12, default="")
    verdict = models.CharField(max_length=5, default="")
    published_at = models.DateTimeField(null=True)
    rank_bound = models.GeneratedField(
        expression=Case(
            When(
                Q(ships__gte=RANKED_FROM - F("skips")),
                then=wilson(F("ships"), Cast(F("ships") + F("skips"), models.FloatField()), -1),
            )
        ),
        output_field=models.FloatField(null=True),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ships__gte=0, skips__gte=0, held__gte=0), name="tally_is_not_negative"
            ),
        ]
        # The directory by community rank (votes.listed).
        indexes = [
            *facet_indexes(
                "tally_rank",
                F("rank_bound").desc(nulls_last=True),
                "tool",
                condition=Q(published_at__isnull=False),
            ),
            # The tools with the most held votes: the filter of the admin's list of votes.
            models.Index(fields=["-held", "tool"], condition=Q(held__gt=0), name="tally_held"),
        ]

    def __str__(self) -> str:
        return f"{self.ships} ship, {self.skips} skip, {self.held} held"


class ReasonTally(models.Model):
    """How many counted votes on a tool have a reason, kept by the triggers that keep its tally, under the same lock."""

    tool = models.ForeignKey(Tool, models.CASCADE, related_name="reason_tallies", db_index=False)
    # Only deleting a reason looks for these by reason.
    reason = models.ForeignKey(Reason, models.CASCADE, related_name="tallies", db_index=False)
    count = models.IntegerField()

    class Meta:
        constraints = [
            # Also the leading reasons of a comparison.
            models.UniqueConstraint(
                fields=["tool", "reason"], name="one_tally_per_tool_and_reason"
            ),
            models.CheckConstraint(condition=Q(count__gte=0), name="reason_tally_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.tool_id} {self.reason_id}: {self.count}"


class VoteDay(models.Model):
    """The public vote log: how many votes on a tool were cast, changed, held … on one day (UTC).

    `side`, `rule` and `reason` are those of the vote; a change is counted on its new side. `state` is the one before the
    event: empty for a first vote, "withdrawn" for one that is cast again; a rule holds a vote that was "counted" until
    then, also in the moment in which it is cast. So the rows add up to the tallies (`votes.vote_log`).
    """

    class Event(models.TextChoices):
        CAST = "cast", "Cast"
        CHANGED = "changed", "Changed"
        WITHDRAWN = "withdrawn", "Withdrawn"
        HELD = "held", "Held"
        RELEASED = "released", "Released"
        VOIDED = "voided", "Voided"
        REASON_ADDED = "reason_added", "Reason added"
        REASON_REMOVED = "reason_removed", "Reason removed"

    # The key of one_count_per_day_and_event serves it.
    tool = models.ForeignKey(Tool, models.CASCADE, related_name="vote_days", db_index=False)
    day = models.DateField()
    event = models.CharField(max_length=14, choices=Event)
    side = models.CharField(max_length=4, choices=Choice, blank=True)
    state = models.CharField(max_length=9, choices=Vote.State, blank=True)
    rule = models.CharField(max_length=11, choices=Rule, blank=True)
    # No page reads the log by reason.
    reason = models.ForeignKey(
        Reason, models.PROTECT, null=True, related_name="vote_days", db_index=False
    )
    count = models.IntegerField()

    class Meta:
        ordering = ["-day", "tool", "event", "rule"]
        constraints = [
            # Also the votes per day of a tool's page, and the vote log.
            models.UniqueConstraint(
                fields=["tool", "day", "event", "side", "state", "rule", "reason"],
                nulls_distinct=False,
                name="one_count_per_day_and_event",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tool_id} {self.day} {self.event} {self.rule}: {self.count}"


class Intervention(models.Model):
    """A bulk action of a member of staff on votes: who, on which tool, why, and the tally before and after.

    Triggers: `intervention_is_append_only`.
    """

    class Act(models.TextChoices):
        RELEASED = "released", "Released"
        VOIDED = "voided", "Voided"

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    tool = models.ForeignKey(Tool, models.PROTECT, related_name="interventions")
    act = models.CharField("action", max_length=8, choices=Act)
    reason = models.CharField(max_length=300)
    since = models.DateTimeField("from (inclusive)", null=True)
    until = models.DateTimeField("to (exclusive)", null=True)
    votes = models.IntegerField()
    ships_before = models.IntegerField()
    skips_before = models.IntegerField()
    ships_after = models.IntegerField()
    skips_after = models.IntegerField()

    class Meta:
        ordering = ["-at", "-pk"]
        permissions = [("intervene", "Can release and void votes")]

    def __str__(self) -> str:
        text = ngettext("{action}: {count} vote", "{action}: {count} votes", self.votes)
        return text.format(action=self.get_act_display(), count=self.votes)
