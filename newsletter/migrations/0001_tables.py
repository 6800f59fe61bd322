import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        ("tools", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DoNotMail",
            fields=[
                (
                    "address_hash",
                    models.CharField(max_length=64, primary_key=True, serialize=False),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="MailRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.CharField(max_length=254)),
                (
                    "wanted",
                    models.CharField(
                        choices=[("subscription", "Subscription"), ("link", "Link to preferences")],
                        max_length=12,
                    ),
                ),
                ("form", models.CharField(max_length=40)),
                ("network", models.BinaryField(max_length=16, null=True)),
                ("text_version", models.CharField(blank=True, max_length=20)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="mail_request_at")],
            },
        ),
        migrations.CreateModel(
            name="ProviderEvent",
            fields=[
                (
                    "event",
                    models.CharField(
                        help_text="A hash that identifies the event.",
                        max_length=64,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="provider_event_at")],
            },
        ),
        migrations.CreateModel(
            name="SendingGate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("identity", models.CharField(blank=True, max_length=120)),
                (
                    "failures",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Failed connections in a row."
                    ),
                ),
                ("paused_until", models.DateTimeField(blank=True, null=True)),
                ("pause_reason", models.CharField(blank=True, max_length=300)),
                ("trip_reason", models.CharField(blank=True, max_length=300)),
                ("tripped_at", models.DateTimeField(blank=True, null=True)),
                ("permits", models.FloatField(default=0)),
                ("permits_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name_plural": "sending gate",
            },
        ),
        migrations.CreateModel(
            name="Issue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "number",
                    models.PositiveIntegerField(
                        editable=False,
                        help_text="Its number in the archive, assigned when sending starts.",
                        null=True,
                        unique=True,
                    ),
                ),
                (
                    "cadence",
                    models.CharField(
                        choices=[("weekly", "Every week"), ("monthly", "Once a month")],
                        default="weekly",
                        max_length=7,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("scheduled", "Scheduled"),
                            ("sending", "Sending"),
                            ("paused", "Paused"),
                            ("sent", "Sent"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=9,
                    ),
                ),
                ("subject", models.CharField(max_length=120)),
                (
                    "preheader",
                    models.CharField(
                        blank=True,
                        help_text="Mail programs show this text after the subject. Leave it empty to count the changes that each subscriber gets.",
                        max_length=140,
                    ),
                ),
                (
                    "intro",
                    models.TextField(
                        blank=True,
                        max_length=10000,
                        help_text="Markdown.",
                        verbose_name="introduction",
                    ),
                ),
                (
                    "is_announcement",
                    models.BooleanField(
                        default=False,
                        help_text="Tick to send the introduction to all subscribers, also to those for whom nothing changed.",
                        verbose_name="announcement",
                    ),
                ),
                (
                    "edits",
                    models.JSONField(blank=True, default=dict, verbose_name="items"),
                ),
                (
                    "summary",
                    models.CharField(blank=True, editable=False, max_length=140),
                ),
                (
                    "parts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        help_text="The parts of the issue, in order.",
                    ),
                ),
                ("scheduled_for", models.DateTimeField(blank=True, null=True)),
                ("content", models.JSONField(editable=False, null=True)),
                ("content_hash", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "published_at",
                    models.DateTimeField(
                        editable=False,
                        help_text="When sending started and the content was locked.",
                        null=True,
                    ),
                ),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
                ("hold_reason", models.CharField(blank=True, editable=False, max_length=200)),
                (
                    "approved_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-since", "-pk"],
                "permissions": [("send_issue", "Can send, pause and cancel issues")],
            },
        ),
        migrations.CreateModel(
            name="Subscriber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "email",
                    models.CharField(
                        help_text="As typed, with the domain in lower-case ASCII (IDNA).",
                        max_length=254,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("active", "Active"),
                            ("unsubscribed", "Unsubscribed"),
                            ("suppressed", "Suppressed"),
                        ],
                        default="pending",
                        max_length=12,
                    ),
                ),
                (
                    "suppression",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("bounced", "Three hard bounces"),
                            ("complained", "Spam complaint"),
                            ("staff", "Suppressed by staff"),
                        ],
                        max_length=10,
                        verbose_name="reason for suppression",
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "cadence",
                    models.CharField(
                        choices=[("weekly", "Every week"), ("monthly", "Once a month")],
                        default="weekly",
                        max_length=7,
                    ),
                ),
                (
                    "only_bookmarks",
                    models.BooleanField(default=False, verbose_name="only changes to bookmarks"),
                ),
                ("hard_bounces", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "categories",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Leave empty for all categories.",
                        related_name="+",
                        to="tools.category",
                    ),
                ),
                (
                    "reader",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.reader",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("claimed", "Claimed"),
                            ("data", "Transmitting"),
                            ("sent", "Sent"),
                            ("rejected", "Rejected"),
                            ("uncertain", "Uncertain"),
                            ("skipped", "Skipped"),
                        ],
                        default="queued",
                        max_length=9,
                    ),
                ),
                ("claim", models.UUIDField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("worker", models.BigIntegerField(editable=False, null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                (
                    "next_try_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="next attempt"
                    ),
                ),
                (
                    "code",
                    models.PositiveSmallIntegerField(
                        help_text="The mail server’s last reply code.", null=True
                    ),
                ),
                (
                    "reply",
                    models.CharField(
                        blank=True,
                        help_text="The text of that reply, or why it was skipped.",
                        max_length=300,
                    ),
                ),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "issue",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="newsletter.issue",
                    ),
                ),
                (
                    "subscriber",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="deliveries",
                        to="newsletter.subscriber",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "deliveries",
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("requested", "Requested the newsletter"),
                            ("confirmed", "Confirmed"),
                            ("unsubscribed", "Unsubscribed"),
                            ("resubscribed", "Undid unsubscribing"),
                            ("preferences", "Changed preferences"),
                            ("suppressed", "Suppressed"),
                            ("unsuppressed", "Suppression lifted"),
                        ],
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "form",
                    models.CharField(
                        help_text="The form or system: “footer”, “comparison”, “one-click” …",
                        max_length=40,
                    ),
                ),
                ("network", models.BinaryField(max_length=16, null=True)),
                ("text_version", models.CharField(blank=True, max_length=20)),
                (
                    "subscriber",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="consents",
                        to="newsletter.subscriber",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.UniqueConstraint(
                fields=("cadence", "since"),
                name="one_issue_per_period",
                violation_error_message="This cadence already has an issue for this period.",
            ),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.CheckConstraint(
                condition=models.Q(("since__lt", models.F("until"))),
                name="issue_covers_some_time",
                violation_error_message="The period of an issue must end after it begins.",
            ),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "scheduled"), _negated=True),
                    ("scheduled_for__isnull", False),
                    _connector="OR",
                ),
                name="scheduled_issue_has_a_time",
                violation_error_message="A scheduled issue needs a time.",
            ),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["sending", "sent", "paused"]), _negated=True),
                    models.Q(
                        ("content__isnull", False),
                        ("number__isnull", False),
                        ("published_at__isnull", False),
                        models.Q(("content_hash", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="issue_that_was_sent_is_frozen",
                violation_error_message="A sent issue needs a number, its content and a time of publication.",
            ),
        ),
        migrations.AddIndex(
            model_name="subscriber",
            index=models.Index(fields=["state", "-id"], name="subscriber_state"),
        ),
        migrations.AddIndex(
            model_name="subscriber",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Lower("email"), name="text_pattern_ops"
                ),
                name="subscriber_address_start",
            ),
        ),
        migrations.AddIndex(
            model_name="subscriber",
            index=models.Index(
                condition=models.Q(("confirmed_at", None), ("state", "pending")),
                fields=["created_at"],
                name="subscriber_unconfirmed",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscriber",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("email"), name="one_subscriber_per_address"
            ),
        ),
        migrations.AddConstraint(
            model_name="subscriber",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "active"), _negated=True),
                    ("confirmed_at__isnull", False),
                    _connector="OR",
                ),
                name="active_subscriber_has_confirmed",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscriber",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "suppressed"), ("suppression", ""), _connector="XOR"),
                name="suppressed_subscriber_says_why",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "queued")),
                fields=["issue", "next_try_at"],
                name="delivery_queued",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state__in", ["claimed", "data"])),
                fields=["lease_until"],
                name="delivery_in_hand",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "uncertain")),
                fields=["changed_at"],
                name="delivery_uncertain",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                fields=["issue", "state", "changed_at"], name="delivery_issue_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("issue", "subscriber"), name="one_delivery_per_issue_and_subscriber"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ["claimed", "data"]),
                        models.Q(("claim__isnull", True), ("lease_until__isnull", True)),
                        _connector="XOR",
                    ),
                    models.Q(("claim__isnull", False), ("state", "uncertain")),
                    _connector="OR",
                ),
                name="only_work_in_hand_is_claimed",
            ),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.CheckConstraint(
                condition=LessThanOrEqual(Length("intro"), 10000),
                name="issue_intro_has_a_length",
                violation_error_message="The intro has more than 10,000 characters.",
            ),
        ),
        migrations.AddIndex(
            model_name="subscriber",
            index=models.Index(
                condition=models.Q(("reader__isnull", False)),
                fields=["reader"],
                name="subscriber_reader",
            ),
        ),
    ]
