import uuid

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import Reader
from tools.models import Category


class Cadence(models.TextChoices):
    WEEKLY = "weekly", "Every week"
    MONTHLY = "monthly", "Once a month"


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def with_address(self, email: str) -> "SubscriberQuerySet":
        return self.alias(lowered=Lower("email")).filter(lowered=email.lower())

    def address_starts_with(self, start: str) -> "SubscriberQuerySet":
        return self.alias(lowered=Lower("email")).filter(lowered__startswith=start.strip().lower())

    def active(self) -> "SubscriberQuerySet":
        return self.filter(state=Subscriber.State.ACTIVE)


class Subscriber(models.Model):
    """An email address and its owner's preferences.

    Only *active* subscribers receive issues. Sign-up is double opt-in: a subscriber becomes active when
    the owner of the address presses the button on the confirmation page. Every change of state adds a
    Consent.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Pending"
        ACTIVE = "active", "Active"
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
        SUPPRESSED = "suppressed", "Suppressed"

    class Suppression(models.TextChoices):
        BOUNCED = "bounced", "Three hard bounces"
        COMPLAINED = "complained", "Spam complaint"
        STAFF = "staff", "Suppressed by staff"

    email = models.CharField(
        max_length=254, help_text="As typed, with the domain in lower-case ASCII (IDNA)."
    )
    state = models.CharField(max_length=12, choices=State, default=State.PENDING)
    suppression = models.CharField(
        "reason for suppression", max_length=10, choices=Suppression, blank=True
    )
    # Part of every signed link, so links to a deleted subscriber do not work for a new one.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cadence = models.CharField(max_length=7, choices=Cadence, default=Cadence.WEEKLY)
    categories = models.ManyToManyField(
        Category, blank=True, related_name="+", help_text="Leave empty for all categories."
    )
    # Send only changes to the bookmarks of `reader`, which is empty once that reader's data is deleted.
    only_bookmarks = models.BooleanField("only changes to bookmarks", default=False)
    reader = models.ForeignKey(
        Reader, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    hard_bounces = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_subscriber_per_address"),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(confirmed_at__isnull=False),
                name="active_subscriber_has_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(state="suppressed") ^ Q(suppression=""),
                name="suppressed_subscriber_says_why",
            ),
        ]
        indexes = [
            # The staff list filtered by state, newest first; the recipients of an issue.
            models.Index(fields=["state", "-id"], name="subscriber_state"),
            # Deleting those who never confirmed.
            models.Index(
                fields=["created_at"],
                name="subscriber_unconfirmed",
                condition=Q(state="pending", confirmed_at=None),
            ),
            # Deleting readers: whose bookmarks a subscriber follows. Few do.
            models.Index(
                fields=["reader"], condition=Q(reader__isnull=False), name="subscriber_reader"
            ),
            # Staff search by the start of an address.
            models.Index(
                OpClass(Lower("email"), name="text_pattern_ops"), name="subscriber_address_start"
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def can_resubscribe(self) -> bool:
        """Whether the owner can become active by signing up and confirming.

        Not after a spam complaint, and not after suppression by staff.
        """
        return self.suppression in {"", self.Suppression.BOUNCED}

    @property
    def can_undo_unsubscribing(self) -> bool:
        return self.state == self.State.UNSUBSCRIBED and self.confirmed_at is not None


class Consent(models.Model):
    """A record of what a subscriber agreed to or withdrew: when, in which form, under which text.

    Append-only; deleted only with the subscriber. `network` is the keyed hash from `accounts.networks`,
    whose key is destroyed within two days.

    Triggers: `consent_is_append_only`.
    """

    class Action(models.TextChoices):
        REQUESTED = "requested", "Requested the newsletter"
        CONFIRMED = "confirmed", "Confirmed"
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
        RESUBSCRIBED = "resubscribed", "Undid unsubscribing"
        PREFERENCES = "preferences", "Changed preferences"
        SUPPRESSED = "suppressed", "Suppressed"
        UNSUPPRESSED = "unsuppressed", "Suppression lifted"

    # The constraint with ON DELETE CASCADE is in newsletter/migrations/0002_rules.py: the trigger allows a
    # row to be deleted only after its subscriber, and Django would delete it before.
    subscriber = models.ForeignKey(
        Subscriber, models.DO_NOTHING, related_name="consents", db_constraint=False
    )
    action = models.CharField(max_length=12, choices=Action)
    at = models.DateTimeField(default=timezone.now)
    form = models.CharField(
        max_length=40, help_text="The form or system: “footer”, “comparison”, “one-click” …"
    )
    network = models.BinaryField(max_length=16, null=True)
    text_version = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_action_display()} on {self.at:%Y-%m-%d}"
