import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from accounts.models import Reader
from tools.models import Category


class Cadence(models.TextChoices):
    WEEKLY = "weekly", "Every week"
    MONTHLY = "monthly", "Once a month"


class SubscriberQuerySet(models.QuerySet):
    def with_address(self, email):
        return self.alias(lowered=Lower("email")).filter(lowered=email.lower())

    def whose_address_begins(self, start):
        return self.alias(lowered=Lower("email")).filter(lowered__startswith=start.strip().lower())

    def active(self):
        return self.filter(state=Subscriber.State.ACTIVE)


class Subscriber(models.Model):
    """An email address, and what its owner asked for.

    Only *active* ones get issues. Nobody becomes active but by the button that the confirmation leads
    to. Every change of standing is a row of Consent.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Pending"
        ACTIVE = "active", "Active"
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
        SUPPRESSED = "suppressed", "Suppressed"

    class Suppression(models.TextChoices):
        BOUNCED = "bounced", "Bounced hard three times"
        COMPLAINED = "complained", "Complained"
        STAFF = "staff", "By staff"

    email = models.CharField(
        max_length=254, help_text="As it was typed, with its domain in lower-case ASCII (IDNA)."
    )
    state = models.CharField(max_length=12, choices=State, default=State.PENDING)
    suppression = models.CharField("why suppressed", max_length=10, choices=Suppression, blank=True)
    # Part of every signed link: a row that was deleted and made again has other links.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cadence = models.CharField(max_length=7, choices=Cadence, default=Cadence.WEEKLY)
    categories = models.ManyToManyField(
        Category, blank=True, related_name="+", help_text="None chosen: all of them."
    )
    # Only changes to the bookmarks of this reader. Empty: no such wish, or the reader was forgotten.
    only_bookmarks = models.BooleanField("only changes to bookmarks", default=False)
    reader = models.ForeignKey(Reader, models.SET_NULL, null=True, blank=True, related_name="+")
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
            # Staff's list by standing, newest first, and who gets an issue.
            models.Index(fields=["state", "-id"], name="subscriber_state"),
            # Staff look an address up by how it begins.
            models.Index(
                OpClass(Lower("email"), name="text_pattern_ops"), name="subscriber_address_start"
            ),
        ]

    def __str__(self):
        return self.email

    @property
    def may_come_back(self):
        """Whether asking and confirming makes it active: not after a complaint, nor against staff."""
        return self.suppression in {"", self.Suppression.BOUNCED}

    @property
    def can_undo_unsubscribing(self):
        return self.state == self.State.UNSUBSCRIBED and self.confirmed_at is not None


class Consent(models.Model):
    """What a subscriber did about their consent: when, by which form, under which text.

    Append-only, by a trigger; it goes with the subscriber who asks for deletion. `network` is the keyed
    hash of `accounts.networks`, whose key is destroyed within two days.

    Triggers: `consent_is_append_only`.
    """

    class Act(models.TextChoices):
        ASKED = "asked", "Asked for the newsletter"
        CONFIRMED = "confirmed", "Confirmed"
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
        RESUBSCRIBED = "resubscribed", "Undid unsubscribing"
        CHOSE = "chose", "Changed preferences"
        SUPPRESSED = "suppressed", "Suppressed"
        RELEASED = "released", "Suppression lifted"

    # The database's constraint (ON DELETE CASCADE) is in newsletter/migrations/0002_rules.py: the trigger lets a
    # row go only when its subscriber is gone already, and Django would delete it before.
    subscriber = models.ForeignKey(
        Subscriber, models.DO_NOTHING, related_name="consents", db_constraint=False
    )
    act = models.CharField(max_length=12, choices=Act)
    at = models.DateTimeField(default=timezone.now)
    form = models.CharField(max_length=40, help_text="Where: “footer”, “comparison”, “one-click” …")
    network = models.BinaryField(max_length=16, null=True)
    text_version = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.get_act_display()} on {self.at:%Y-%m-%d}"


class IssueQuerySet(models.QuerySet):
    def public(self):
        """What the archive shows, newest first: issues that went out, or are going out."""
        return self.filter(published_at__isnull=False).order_by("-number")


class Issue(models.Model):
    """One newsletter edition of one cadence, about what the ledger told from `since` to `until`.

    While it is a draft or scheduled its parts are built anew whenever somebody looks. `content` is the
    frozen digest as JSON: what is sent, archived and fed is made of it alone. A trigger refuses to change
    what is frozen.

    Triggers: `sent_issue_is_frozen`.
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
        help_text="In the archive; given when sending starts.",
    )
    cadence = models.CharField(max_length=7, choices=Cadence, default=Cadence.WEEKLY)
    since = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT, editable=False)
    subject = models.CharField(max_length=120)
    preheader = models.CharField(
        max_length=140, blank=True, help_text="What mail programs show after the subject."
    )
    intro = models.TextField(blank=True, help_text="Markdown.")
    parts = ArrayField(
        models.CharField(max_length=20), help_text="The parts that it has, in their order."
    )
    scheduled_for = models.DateTimeField(null=True, blank=True)
    # A member of staff said yes. Empty: nobody did (NEWSLETTER_AUTOSEND).
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    content = models.JSONField(null=True, editable=False)
    content_hash = models.CharField(max_length=64, blank=True, editable=False)
    published_at = models.DateTimeField(
        null=True, editable=False, help_text="When sending started and its content was frozen."
    )
    finished_at = models.DateTimeField(null=True, editable=False)
    # Why it waits, in words, when the machine paused it or did not start it.
    hold_reason = models.CharField(max_length=200, blank=True, editable=False)

    objects = IssueQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-pk"]
        permissions = [("send_issue", "Can send, pause and cancel issues")]
        constraints = [
            # Two workers that draft the same week at once make one issue.
            models.UniqueConstraint(
                fields=["cadence", "since"],
                name="one_issue_per_period",
                violation_error_message="This cadence already has an issue for this period.",
            ),
            models.CheckConstraint(
                condition=Q(since__lt=F("until")),
                name="issue_covers_some_time",
                violation_error_message="The period of an issue ends after it begins.",
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
                violation_error_message="An issue that was sent has a number, its content and a time of publication.",
            ),
        ]

    def __str__(self):
        return self.subject

    def get_absolute_url(self):
        return reverse("newsletter_issue", args=[self.number])

    @property
    def is_open(self):
        """Whether staff may still change it."""
        return self.state in {self.State.DRAFT, self.State.SCHEDULED}


class Delivery(models.Model):
    """One issue to one subscriber, and what is known of it. See docs/adr/0006.

    queued → claimed → data → sent | rejected | queued again | uncertain; skipped when the subscriber
    left before it was their turn, or there was nothing to say to them. Each arrow is one statement and
    a commit (`newsletter.delivery.sending`). Only who holds `claim` may take a row on, until `lease_until`.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        CLAIMED = "claimed", "Claimed"
        DATA = "data", "Being handed over"
        SENT = "sent", "Sent"
        REJECTED = "rejected", "Rejected"
        UNCERTAIN = "uncertain", "Uncertain"
        SKIPPED = "skipped", "Skipped"

    # Its left side is the Message-ID of the mail, whoever sends it and however often it is tried.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    issue = models.ForeignKey(Issue, models.PROTECT, related_name="deliveries")
    # Empty once the subscriber had their data deleted.
    subscriber = models.ForeignKey(
        Subscriber, models.SET_NULL, null=True, related_name="deliveries"
    )
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    claim = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    code = models.PositiveSmallIntegerField(
        null=True, help_text="The mail server's last reply code."
    )
    reply = models.CharField(
        max_length=300, blank=True, help_text="Its words, or why it was skipped."
    )
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            # Nobody gets two: also by two workers that queue the same issue at once.
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
            # What a sender claims next.
            models.Index(
                fields=["issue", "next_try_at"],
                name="delivery_queued",
                condition=Q(state="queued"),
            ),
            # Leases that ran out.
            models.Index(
                fields=["lease_until"],
                name="delivery_in_hand",
                condition=Q(state__in=["claimed", "data"]),
            ),
            # Progress per state, and staff's list of what was rejected or is uncertain.
            models.Index(fields=["issue", "state", "changed_at"], name="delivery_issue_state"),
        ]

    def __str__(self):
        return f"{self.get_state_display()}, issue {self.issue_id}"


class SendingGate(models.Model):
    """One row: whether anything may be sent at all, by any worker.

    `identity` names the database that sent last (`newsletter.delivery.database_identity`): a restored copy is another one,
    and sends nothing until a person says go. `paused_until` is the breaker while the mail server is gone;
    `trip_reason` stops everything until a person says go (refused login, broken TLS).
    """

    identity = models.CharField(max_length=120, blank=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="In a row, of connecting.")
    paused_until = models.DateTimeField(null=True, blank=True)
    trip_reason = models.CharField(max_length=300, blank=True)
    tripped_at = models.DateTimeField(null=True, blank=True)
    # The rate limit over all workers: mails that may go out now, filled up as time passes.
    permits = models.FloatField(default=0)
    permits_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "sending gate"

    def __str__(self):
        return self.trip_reason or "Open"


class MailRequest(models.Model):
    """What somebody typed into a form of the newsletter, for the seconds until the job looks at it.

    The request that brought it never looks at the address's standing, so its answer cannot tell it.
    """

    class Wanted(models.TextChoices):
        SUBSCRIPTION = "subscription", "To subscribe"
        LINK = "link", "The link to their preferences"

    email = models.CharField(max_length=254)
    wanted = models.CharField(max_length=12, choices=Wanted)
    form = models.CharField(max_length=40)
    network = models.BinaryField(max_length=16, null=True)
    text_version = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"{self.get_wanted_display()}, {self.at:%Y-%m-%d %H:%M}"


class DoNotMail(models.Model):
    """An address that complained, or that staff suppressed, and whose owner had everything else deleted.

    Only its keyed hash (`newsletter.subscribers.addresses`) is kept: enough to honour the complaint for ever.
    """

    address_hash = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"Since {self.at:%Y-%m-%d}"


class MailReport(models.Model):
    """A mail provider's report that was heard: the same one, told twice, counts once. Kept for 30 days."""

    event = models.CharField(max_length=64, primary_key=True, help_text="A hash of what names it.")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return self.event
