from datetime import date, datetime
from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from reviews.models.reviewer import Reviewer
from tools.dates import EARLIEST, date_problem
from tools.models import Tool
from tools.text_length import length_constraint

# Of the fields of Review: what a draft needs before it is handed in or scheduled.
COMPLETE = Q(score__isnull=False) & ~Q(verdict="") & ~Q(basis="") & ~Q(body="")

BODY_WORDS = SearchVector("body", config="english")


class Verdict(models.TextChoices):
    """The verdict of one reviewer."""

    SHIP = "ship", "Ship"
    SKIP = "skip", "Skip"


class ReviewQuerySet(models.QuerySet["Review"]):
    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def current(self) -> Self:
        """The newest published review of each reviewer and tool."""
        return self.filter(is_current=True)

    def drafts(self) -> Self:
        return self.filter(published_at__isnull=True)

    def complete(self) -> Self:
        """Reviews with score, verdict, basis and text."""
        return self.filter(COMPLETE)

    def handed_in(self) -> Self:
        """Drafts that wait for a publisher."""
        return self.drafts().filter(handed_in_at__isnull=False)

    def in_panel_order(self) -> Self:
        return self.select_related("reviewer").order_by(
            "reviewer__position", "reviewer__name", "-revision"
        )


class Review(models.Model):
    """One reviewer's opinion of one tool.

    A draft may hold anything or nothing, until it is locked: handed in or scheduled. A published review never
    changes (a trigger refuses it): a new opinion is a new row with the next `revision` and a reason, and takes
    over `is_current`. Only a `ReviewCorrection` changes its text.

    Triggers: `published_review_never_changes`, `review_insert_touches_tool`, `review_update_touches_tool`,
    `review_insert_is_counted`, `review_update_is_counted`.
    """

    class Basis(models.TextChoices):
        HANDS_ON = "hands_on", "Hands-on"
        FIRST_LOOK = "first_look", "First look"
        DOCUMENTATION = "documentation", "Documentation only"

    # The key of one_review_per_revision serves it.
    tool = models.ForeignKey(Tool, models.PROTECT, related_name="reviews", db_index=False)
    # The index review_of_reviewer serves it.
    reviewer = models.ForeignKey(Reviewer, models.PROTECT, related_name="reviews", db_index=False)
    revision = models.PositiveSmallIntegerField(default=1)
    score = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    verdict = models.CharField(max_length=4, choices=Verdict, blank=True)
    basis = models.CharField(max_length=13, choices=Basis, blank=True)
    body = models.TextField("review text", max_length=20_000, blank=True, help_text="Markdown.")
    tested_version = models.CharField(max_length=60, blank=True)
    reviewed_on = models.DateField("date", null=True, blank=True)
    reason = models.CharField(
        max_length=300, blank=True, help_text="Why the opinion changed. Readers see it."
    )
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_current = models.BooleanField(default=False, editable=False)
    publish_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the worker publishes a draft."
    )
    handed_in_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Of the last time. The reviewer could see the other scores between the two (docs/adr/0016).
    handed_back_at = models.DateTimeField(null=True, blank=True, editable=False)
    handed_back_reason = models.CharField(
        "reason for handing back", max_length=300, blank=True, editable=False
    )

    # Of `reviews.queries.scorecards`: when it was written or last re-affirmed.
    last_looked_on: date

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["tool", "reviewer", "revision"]
        permissions = [
            ("publish_review", "Can publish reviews"),
            (
                "write_own_review",
                "Can write the reviews of the reviewer that the account is tied to",
            ),
        ]
        constraints = [
            length_constraint("body", 20_000, "review_body_has_a_length"),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__range=(0, 100)),
                name="review_score_is_0_to_100",
                violation_error_message="A score is a whole number from 0 to 100.",
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=["", "ship", "skip"]),
                name="review_verdict_is_ship_or_skip",
                violation_error_message="A reviewer's verdict is Ship or Skip.",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | (COMPLETE & Q(reviewed_on__isnull=False)),
                name="published_review_is_complete",
                violation_error_message="A published review has a score, verdict, basis, text and date.",
            ),
            models.CheckConstraint(
                condition=Q(handed_in_at__isnull=True, publish_at__isnull=True) | COMPLETE,
                name="locked_review_is_complete",
                violation_error_message="A review that is handed in or scheduled has a score, verdict, basis and text.",
            ),
            models.CheckConstraint(
                condition=Q(publish_at__isnull=True) | Q(published_at__isnull=True),
                name="published_review_is_not_scheduled",
                violation_error_message="A published review cannot be scheduled.",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_on__isnull=True) | Q(reviewed_on__gte=EARLIEST),
                name="review_date_is_from_2000_on",
                violation_error_message="The date of a review is before 2000.",
            ),
            models.CheckConstraint(
                condition=Q(revision=1) | Q(published_at__isnull=True) | ~Q(reason=""),
                name="published_revision_has_a_reason",
                violation_error_message="A published revision says why the opinion changed.",
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(published_at__isnull=False),
                name="current_review_is_published",
                violation_error_message="A draft cannot be the current review.",
            ),
            models.UniqueConstraint(
                fields=["tool", "reviewer"],
                condition=Q(is_current=True),
                name="one_current_review_per_reviewer_and_tool",
                violation_error_message="This reviewer already has a current review of this tool.",
            ),
            models.UniqueConstraint(
                fields=["tool", "reviewer"],
                condition=Q(published_at__isnull=True),
                name="one_draft_per_reviewer_and_tool",
                violation_error_message="This reviewer already has a draft for this tool.",
            ),
            models.UniqueConstraint(
                fields=["tool", "reviewer", "revision"],
                name="one_review_per_revision",
                violation_error_message="This reviewer already has this revision of this tool's review.",
            ),
        ]
        indexes = [
            # Search over the admin.
            GinIndex(BODY_WORDS, name="review_body_words"),
            # The admin's list of reviews, its filter by reviewer, and what is not published.
            models.Index(fields=["-reviewed_on", "-id"], name="review_newest"),
            models.Index(fields=["reviewer", "-reviewed_on", "-id"], name="review_of_reviewer"),
            models.Index(
                fields=["-reviewed_on", "-id"],
                condition=Q(published_at__isnull=True),
                name="review_draft",
            ),
            models.Index(
                fields=["-reviewed_on", "-id"],
                condition=Q(published_at__isnull=False, is_current=False),
                name="review_replaced",
            ),
            # A reviewer's page, newest first.
            models.Index(
                fields=["reviewer", "-reviewed_on", "-id"],
                condition=Q(is_current=True),
                name="review_current_of_reviewer",
            ),
            # The worker: which scheduled reviews are due.
            models.Index(
                fields=["publish_at"],
                condition=Q(publish_at__isnull=False),
                name="review_scheduled",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer} on {self.tool}, revision {self.revision}"

    @property
    def is_ship(self) -> bool:
        return self.verdict == Verdict.SHIP

    @property
    def points(self) -> int:
        """The score of a published review. Raises ValueError for a draft without one."""
        if self.score is None:
            raise ValueError(f"{self} has no score.")
        return self.score

    @property
    def is_locked(self) -> bool:
        """Whether the draft is handed in or scheduled, and so cannot be edited."""
        return self.handed_in_at is not None or self.publish_at is not None

    def was_published_by(self, moment: datetime) -> bool:
        return self.published_at is not None and self.published_at <= moment

    @property
    def summary(self) -> str:
        """The review in short, for the admin: "88/100 · ship"."""
        return f"{self.score}/100 · {self.verdict}"

    @property
    def codes(self) -> dict[str, int | str | None]:
        """What the change log holds of the review."""
        return {"score": self.score, "verdict": self.verdict}

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been entered yet."""
        return self.score is None and not (self.verdict or self.basis or self.body.strip())

    def missing_for_publishing(self) -> list[str]:
        """The labels of what a published review must have and this one has not."""
        required = {"score", "verdict", "basis", "body"}
        missing = [
            str(field.verbose_name)
            for field in self._meta.fields
            if field.name in required and getattr(self, field.name) in (None, "")
        ]
        if self.revision > 1 and not self.reason.strip():
            missing.append("reason for the change")
        return missing

    def clean(self) -> None:
        if problem := date_problem(self.reviewed_on):
            raise ValidationError({"reviewed_on": problem})
