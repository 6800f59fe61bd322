from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from newsletter.models.subscriber import Cadence
from tools.text_length import length_constraint

SUBJECT_LENGTH, PREHEADER_LENGTH = 120, 140


class IssueQuerySet(models.QuerySet["Issue"]):
    def public(self) -> "IssueQuerySet":
        """Return the issues in the archive, newest first: those sent or being sent."""
        return self.filter(published_at__isnull=False).order_by("-number")


class Issue(models.Model):
    """One newsletter edition of one cadence, covering the changes from `since` to before `until`.

    The digest of a draft or scheduled issue is built whenever it is shown. When sending starts, it is
    stored in `content` as JSON; the emails, the archive and the feeds are made from it alone.

    Triggers: `sent_issue_is_frozen`, which refuses later changes.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SCHEDULED = "scheduled", "Scheduled"
        SENDING = "sending", "Sending"
        PAUSED = "paused", "Paused"
        SENT = "sent", "Sent"
        CANCELLED = "cancelled", "Cancelled"

    number = models.PositiveIntegerField(
        null=True,
        unique=True,
        editable=False,
        help_text="Its number in the archive, assigned when sending starts.",
    )
    cadence = models.CharField(max_length=7, choices=Cadence, default=Cadence.WEEKLY)
    since = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT, editable=False)
    subject = models.CharField(max_length=SUBJECT_LENGTH)
    preheader = models.CharField(
        max_length=PREHEADER_LENGTH,
        blank=True,
        help_text="Mail programs show this text after the subject. Leave it empty to count the changes that each subscriber gets.",
    )
    intro = models.TextField("introduction", max_length=10_000, blank=True, help_text="Markdown.")
    is_announcement = models.BooleanField(
        "announcement",
        default=False,
        help_text="Tick to send the introduction to all subscribers, also to those for whom nothing changed.",
    )
    parts = ArrayField(
        models.CharField(max_length=20), help_text="The parts of the issue, in order."
    )
    # {key of an item: what staff decided about it}, see `newsletter.digest.edits`.
    edits = models.JSONField("items", default=dict, blank=True)
    scheduled_for = models.DateTimeField(null=True, blank=True)
    # Empty for an issue that was scheduled by NEWSLETTER_AUTOSEND.
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    content = models.JSONField(null=True, editable=False)
    # The preheader of the whole issue, for the archive.
    summary = models.CharField(max_length=PREHEADER_LENGTH, blank=True, editable=False)
    content_hash = models.CharField(max_length=64, blank=True, editable=False)
    published_at = models.DateTimeField(
        null=True, editable=False, help_text="When sending started and the content was locked."
    )
    finished_at = models.DateTimeField(null=True, editable=False)
    # Shown to staff when the issue could not be scheduled or sent automatically.
    hold_reason = models.CharField(max_length=200, blank=True, editable=False)

    objects = IssueQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-pk"]
        permissions = [("send_issue", "Can send, pause and cancel issues")]
        constraints = [
            length_constraint("intro", 10_000, "issue_intro_has_a_length"),
            # Two workers that draft the same period at the same time create one issue.
            models.UniqueConstraint(
                fields=["cadence", "since"],
                name="one_issue_per_period",
                violation_error_message="This cadence already has an issue for this period.",
            ),
            models.CheckConstraint(
                condition=Q(since__lt=F("until")),
                name="issue_covers_some_time",
                violation_error_message="The period of an issue must end after it begins.",
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(scheduled_for__isnull=False),
                name="scheduled_issue_has_a_time",
                violation_error_message="A scheduled issue needs a time.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sending", "sent", "paused"])
                | Q(number__isnull=False, content__isnull=False, published_at__isnull=False)
                & ~Q(content_hash=""),
                name="issue_that_was_sent_is_frozen",
                violation_error_message=(
                    "A sent issue needs a number, its content and a time of publication."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        return reverse("newsletter_issue", args=[self.number])

    @property
    def is_editable(self) -> bool:
        return self.state in {self.State.DRAFT, self.State.SCHEDULED}

    @property
    def is_cancelled(self) -> bool:
        return self.state == self.State.CANCELLED
