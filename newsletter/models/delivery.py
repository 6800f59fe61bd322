import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from newsletter.models.issue import Issue
from newsletter.models.subscriber import Subscriber


class Delivery(models.Model):
    """One issue to one subscriber, and its result. See docs/adr/0006.

    queued → claimed → data → sent | rejected | queued again | uncertain; skipped when the subscriber has
    left, or the issue has nothing that matches their preferences. Each transition is one statement and
    one commit (`newsletter.delivery.deliveries`). Only the holder of the token `claim` may move a row on,
    until its lease ends at `lease_until`.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        CLAIMED = "claimed", "Claimed"
        DATA = "data", "Transmitting"
        SENT = "sent", "Sent"
        REJECTED = "rejected", "Rejected"
        UNCERTAIN = "uncertain", "Uncertain"
        SKIPPED = "skipped", "Skipped"

    # The left side of the Message-ID, the same in every attempt.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The key of one_delivery_per_issue_and_subscriber serves it.
    issue = models.ForeignKey(Issue, models.PROTECT, related_name="deliveries", db_index=False)
    # Empty once the subscriber's data is deleted, and a year after the issue (`newsletter.retention_rules`).
    subscriber = models.ForeignKey(
        Subscriber, models.SET_NULL, null=True, related_name="deliveries"
    )
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    claim = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    # procrastinate's worker that claimed it last: the lease ends with its heartbeat.
    worker = models.BigIntegerField(null=True, editable=False)
    tries = models.PositiveSmallIntegerField("attempts", default=0)
    next_try_at = models.DateTimeField("next attempt", default=timezone.now)
    code = models.PositiveSmallIntegerField(
        null=True, help_text="The mail server’s last reply code."
    )
    reply = models.CharField(
        max_length=300, blank=True, help_text="The text of that reply, or why it was skipped."
    )
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            # Nobody gets an issue twice, even when two workers queue it at the same time.
            models.UniqueConstraint(
                fields=["issue", "subscriber"], name="one_delivery_per_issue_and_subscriber"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["claimed", "data"])
                ^ Q(claim__isnull=True, lease_until__isnull=True)
                | Q(state="uncertain", claim__isnull=False),
                name="only_work_in_hand_is_claimed",
            ),
        ]
        indexes = [
            # The deliveries that a sender claims next.
            models.Index(
                fields=["issue", "next_try_at"],
                name="delivery_queued",
                condition=Q(state="queued"),
            ),
            # Expired leases.
            models.Index(
                fields=["lease_until"],
                name="delivery_in_hand",
                condition=Q(state__in=["claimed", "data"]),
            ),
            # What monitoring asks for.
            models.Index(
                fields=["changed_at"],
                name="delivery_uncertain",
                condition=Q(state="uncertain"),
            ),
            # Progress by state, and the staff list of rejected and uncertain deliveries.
            models.Index(fields=["issue", "state", "changed_at"], name="delivery_issue_state"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}, issue {self.issue_id}"
