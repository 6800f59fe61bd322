import datetime
from decimal import Decimal

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tools", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FigureSet",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("inputs", models.CharField(max_length=200)),
                ("computed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("checked_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Reviewer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        error_messages={"unique": "Another reviewer has this name."},
                        max_length=60,
                    ),
                ),
                (
                    "slug",
                    models.CharField(
                        help_text="Part of the address. If you change it, the old address redirects to the new one.",
                        max_length=80,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9]+(-[a-z0-9]+)*$",
                                "Use lower-case letters (a-z) and digits, with single hyphens between words.",
                            ),
                            django.core.validators.RegexValidator(
                                "(^|-)vs(-|$)",
                                "Do not use “vs” as a word in a slug: it separates the tools in the address of a comparison.",
                                inverse_match=True,
                            ),
                        ],
                    ),
                ),
                ("motto", models.CharField(blank=True, max_length=140)),
                ("bio", models.TextField(blank=True, max_length=5000, help_text="Markdown.")),
                (
                    "excited_about",
                    models.CharField(blank=True, max_length=300, verbose_name="gets excited about"),
                ),
                ("tired_of", models.CharField(blank=True, max_length=300, verbose_name="tired of")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Untick to retire this reviewer.",
                        verbose_name="active",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("human", "Human"), ("ai_assisted", "AI-assisted")],
                        default="human",
                        max_length=12,
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        blank=True,
                        error_messages={"unique": "Another reviewer is tied to this account."},
                        help_text="The member of staff who enters the scores of this reviewer, without seeing the other scores first.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reviewer",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["position", "name"],
            },
        ),
        migrations.CreateModel(
            name="Leniency",
            fields=[
                (
                    "reviewer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="leniency",
                        serialize=False,
                        to="reviews.reviewer",
                    ),
                ),
                ("tools", models.PositiveIntegerField()),
                ("residual", models.DecimalField(decimal_places=1, max_digits=4)),
                ("points", models.DecimalField(decimal_places=1, max_digits=4)),
            ],
            options={
                "verbose_name_plural": "leniencies",
            },
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tools", models.PositiveIntegerField()),
                ("same_verdict", models.PositiveIntegerField()),
                ("verdict_alpha", models.DecimalField(decimal_places=2, max_digits=4, null=True)),
                ("score_alpha", models.DecimalField(decimal_places=2, max_digits=4, null=True)),
                (
                    "first",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="reviews.reviewer",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="reviews.reviewer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OldReviewerSlug",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.CharField(max_length=80)),
                (
                    "reviewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="old_slugs",
                        to="reviews.reviewer",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PanelVerdict",
            fields=[
                (
                    "tool",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="panel",
                        serialize=False,
                        to="tools.tool",
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("ship", "Ship"),
                            ("skip", "Skip"),
                            ("split", "Split"),
                            ("none", "Not reviewed yet"),
                        ],
                        default="none",
                        max_length=5,
                    ),
                ),
                ("ships", models.PositiveSmallIntegerField(default=0)),
                ("skips", models.PositiveSmallIntegerField(default=0)),
                ("ship_percent", models.PositiveSmallIntegerField(null=True)),
                (
                    "score",
                    models.DecimalField(
                        decimal_places=1, max_digits=4, null=True, verbose_name="panel score"
                    ),
                ),
                ("spread", models.PositiveSmallIntegerField(null=True)),
                ("last_reviewed_on", models.DateField(null=True)),
                (
                    "ranking_score",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(
                                ships__gte=django.db.models.expressions.CombinedExpression(
                                    models.Value(3), "-", models.F("skips")
                                ),
                                then="score",
                            )
                        ),
                        output_field=models.DecimalField(decimal_places=1, max_digits=4, null=True),
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("score__isnull", True),
                                ("ships", 0),
                                ("skips", 0),
                                ("verdict", "none"),
                            ),
                            models.Q(
                                models.Q(
                                    models.Q(("ships__gt", models.F("skips")), ("verdict", "ship")),
                                    models.Q(("ships__lt", models.F("skips")), ("verdict", "skip")),
                                    models.Q(
                                        ("ships", models.F("skips")),
                                        ("ships__gt", 0),
                                        ("verdict", "split"),
                                    ),
                                    _connector="OR",
                                ),
                                ("score__range", (Decimal("0"), Decimal("100"))),
                            ),
                            _connector="OR",
                        ),
                        name="panel_verdict_follows_its_counts",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.PositiveSmallIntegerField(default=1)),
                (
                    "score",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        blank=True, choices=[("ship", "Ship"), ("skip", "Skip")], max_length=4
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("hands_on", "Hands-on"),
                            ("first_look", "First look"),
                            ("documentation", "Documentation only"),
                        ],
                        max_length=13,
                    ),
                ),
                (
                    "body",
                    models.TextField(
                        blank=True,
                        max_length=20000,
                        help_text="Markdown.",
                        verbose_name="review text",
                    ),
                ),
                ("tested_version", models.CharField(blank=True, max_length=60)),
                ("reviewed_on", models.DateField(blank=True, null=True, verbose_name="date")),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        help_text="Why the opinion changed. Readers see it.",
                        max_length=300,
                    ),
                ),
                ("published_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("is_current", models.BooleanField(default=False, editable=False)),
                ("handed_back_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "handed_back_reason",
                    models.CharField(
                        blank=True,
                        editable=False,
                        max_length=300,
                        verbose_name="reason for handing back",
                    ),
                ),
                ("handed_in_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "publish_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="When the worker publishes a draft.",
                        null=True,
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="reviews.reviewer",
                    ),
                ),
                (
                    "tool",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="tools.tool",
                    ),
                ),
            ],
            options={
                "ordering": ["tool", "reviewer", "revision"],
                "permissions": [
                    ("publish_review", "Can publish reviews"),
                    (
                        "write_own_review",
                        "Can write the reviews of the reviewer that the account is tied to",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reaffirmation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.DateField()),
                (
                    "made_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now,
                        help_text="It can be undone (deleted) within an hour.",
                    ),
                ),
                (
                    "on_behalf",
                    models.BooleanField(
                        default=False,
                        help_text="Whether somebody else confirmed it for the reviewer.",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        help_text="Empty if it was imported.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="confirmed by",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reaffirmations",
                        to="reviews.review",
                    ),
                ),
            ],
            options={
                "ordering": ["on"],
            },
        ),
        migrations.CreateModel(
            name="CloseCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("gap", models.DecimalField(decimal_places=4, max_digits=7)),
                (
                    "first",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tools.tool",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tools.tool",
                    ),
                ),
            ],
            options={
                "ordering": ["gap", "pk"],
                "indexes": [models.Index(fields=["gap", "id"], name="close_call_nearest")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("first", "second"), name="one_close_call_per_pair"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))),
                        name="close_call_names_the_older_tool_first",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="reviewer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("slug__regex", "^[a-z0-9]+(-[a-z0-9]+)*$"),
                    models.Q(("slug__regex", "(^|-)vs(-|$)"), _negated=True),
                ),
                name="reviewer_slug_is_an_address",
                violation_error_message="A slug has lower-case letters (a-z), digits and single hyphens, and does not contain “vs” as a word.",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(
                fields=("first", "second"), name="one_agreement_per_pair"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("first__lt", models.F("second"))),
                name="agreement_is_stored_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("same_verdict__lte", models.F("tools")), ("tools__gte", 1)),
                name="agreement_is_part_of_the_shared_tools",
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(("is_current", True)),
                fields=["reviewer", "-reviewed_on", "-id"],
                name="review_current_of_reviewer",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("score__isnull", True), ("score__range", (0, 100)), _connector="OR"
                ),
                name="review_score_is_0_to_100",
                violation_error_message="A score is a whole number from 0 to 100.",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["", "ship", "skip"])),
                name="review_verdict_is_ship_or_skip",
                violation_error_message="A reviewer's verdict is Ship or Skip.",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("revision", 1),
                    ("published_at__isnull", True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="published_revision_has_a_reason",
                violation_error_message="A published revision says why the opinion changed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_current", False), ("published_at__isnull", False), _connector="OR"
                ),
                name="current_review_is_published",
                violation_error_message="A draft cannot be the current review.",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_current", True)),
                fields=("tool", "reviewer"),
                name="one_current_review_per_reviewer_and_tool",
                violation_error_message="This reviewer already has a current review of this tool.",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                condition=models.Q(("published_at__isnull", True)),
                fields=("tool", "reviewer"),
                name="one_draft_per_reviewer_and_tool",
                violation_error_message="This reviewer already has a draft for this tool.",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                fields=("tool", "reviewer", "revision"),
                name="one_review_per_revision",
                violation_error_message="This reviewer already has this revision of this tool's review.",
            ),
        ),
        migrations.AddConstraint(
            model_name="reaffirmation",
            constraint=models.UniqueConstraint(
                fields=("review", "on"), name="one_reaffirmation_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=LessThanOrEqual(Length("body"), 20000),
                name="review_body_has_a_length",
                violation_error_message="The body has more than 20,000 characters.",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewer",
            constraint=models.CheckConstraint(
                condition=LessThanOrEqual(Length("bio"), 5000),
                name="reviewer_bio_has_a_length",
                violation_error_message="The bio has more than 5,000 characters.",
            ),
        ),
        migrations.CreateModel(
            name="ListingCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateTimeField()),
                ("value", models.TextField()),
                ("entry", models.CharField(max_length=12)),
                ("verdict", models.CharField(max_length=5)),
                ("status", models.CharField(max_length=12)),
                ("tools", models.IntegerField()),
                (
                    "category",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="tools.category",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["category", "value"], name="listing_count_category"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateTimeField()),
                ("reviews", models.IntegerField()),
                ("ships", models.IntegerField()),
                ("points", models.BigIntegerField()),
                (
                    "reviewer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="counts",
                        to="reviews.reviewer",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="FactCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateTimeField()),
                ("tools", models.IntegerField()),
                (
                    "category",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="tools.category",
                    ),
                ),
                (
                    "kind",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="known",
                        to="tools.factkind",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["category", "kind"], name="fact_count_category_kind")
                ],
            },
        ),
        migrations.CreateModel(
            name="Listing",
            fields=[
                (
                    "tool",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="listing",
                        serialize=False,
                        to="tools.tool",
                    ),
                ),
                (
                    "entry",
                    models.CharField(
                        choices=[
                            ("free", "Free"),
                            ("open_source", "Open source"),
                            ("freemium", "Freemium"),
                            ("trial", "Trial"),
                            ("paid", "Paid"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("ship", "Ship"),
                            ("skip", "Skip"),
                            ("split", "Split"),
                            ("none", "Not reviewed yet"),
                        ],
                        max_length=5,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("paused", "Paused"),
                            ("renamed", "Renamed"),
                            ("acquired", "Acquired"),
                            ("discontinued", "Discontinued"),
                        ],
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("folded", models.CharField(max_length=200)),
                ("published_at", models.DateTimeField()),
                ("ranking_score", models.DecimalField(decimal_places=1, max_digits=4, null=True)),
                ("last_reviewed_on", models.DateField(null=True)),
                ("spread", models.PositiveSmallIntegerField(null=True)),
                ("texts", django.contrib.postgres.search.SearchVectorField()),
                ("names", django.contrib.postgres.search.SearchVectorField()),
                (
                    "spellings",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField()),
                ),
                (
                    "fact_values",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField()),
                ),
                (
                    "category",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="tools.category",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("category"),
                        models.F("entry"),
                        models.F("verdict"),
                        models.OrderBy(models.F("ranking_score"), descending=True, nulls_last=True),
                        models.F("name"),
                        models.F("tool"),
                        name="listing_score_in_category",
                    ),
                    models.Index(
                        models.F("entry"),
                        models.F("verdict"),
                        models.OrderBy(models.F("ranking_score"), descending=True, nulls_last=True),
                        models.F("name"),
                        models.F("tool"),
                        name="listing_score_anywhere",
                    ),
                    models.Index(
                        models.F("category"),
                        models.F("entry"),
                        models.F("verdict"),
                        models.OrderBy(
                            models.F("last_reviewed_on"), descending=True, nulls_last=True
                        ),
                        models.F("name"),
                        models.F("tool"),
                        name="listing_newest_in_category",
                    ),
                    models.Index(
                        models.F("entry"),
                        models.F("verdict"),
                        models.OrderBy(
                            models.F("last_reviewed_on"), descending=True, nulls_last=True
                        ),
                        models.F("name"),
                        models.F("tool"),
                        name="listing_newest_anywhere",
                    ),
                    models.Index(
                        models.F("category"),
                        models.F("entry"),
                        models.F("verdict"),
                        models.OrderBy(models.F("spread"), descending=True, nulls_last=True),
                        models.F("name"),
                        models.F("tool"),
                        name="listing_divisive_in_category",
                    ),
                    models.Index(
                        models.F("entry"),
                        models.F("verdict"),
                        models.OrderBy(models.F("spread"), descending=True, nulls_last=True),
                        models.F("name"),
                        models.F("tool"),
                        name="listing_divisive_anywhere",
                    ),
                    models.Index(
                        models.F("category"),
                        models.F("entry"),
                        models.F("verdict"),
                        models.F("name"),
                        models.F("tool"),
                        name="listing_name_in_category",
                    ),
                    models.Index(
                        models.F("entry"),
                        models.F("verdict"),
                        models.F("name"),
                        models.F("tool"),
                        name="listing_name_anywhere",
                    ),
                    models.Index(
                        models.OrderBy(
                            models.F("last_reviewed_on"), descending=True, nulls_last=True
                        ),
                        models.OrderBy(models.F("tool"), descending=True),
                        name="listing_latest_verdict",
                    ),
                    models.Index(
                        fields=["folded"],
                        name="listing_name_begins",
                        opclasses=["text_pattern_ops"],
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["texts"], name="listing_texts", fastupdate=False
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["names"], name="listing_names", fastupdate=False
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["spellings"], name="listing_spellings", fastupdate=False
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewCorrection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("old_body", models.TextField(max_length=20000, verbose_name="earlier text")),
                ("new_body", models.TextField(max_length=20000, verbose_name="text after")),
                (
                    "by",
                    models.ForeignKey(
                        help_text="Empty if it was imported.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="corrected by",
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="reviews.review",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.AddIndex(
            model_name="reaffirmation",
            index=models.Index(fields=["made_at"], name="reaffirmation_made"),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(("publish_at__isnull", False)),
                fields=["publish_at"],
                name="review_scheduled",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("published_at__isnull", True),
                    models.Q(
                        ("score__isnull", False),
                        models.Q(("verdict", ""), _negated=True),
                        models.Q(("basis", ""), _negated=True),
                        models.Q(("body", ""), _negated=True),
                        ("reviewed_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="published_review_is_complete",
                violation_error_message="A published review has a score, verdict, basis, text and date.",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("handed_in_at__isnull", True), ("publish_at__isnull", True)),
                    models.Q(
                        ("score__isnull", False),
                        models.Q(("verdict", ""), _negated=True),
                        models.Q(("basis", ""), _negated=True),
                        models.Q(("body", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="locked_review_is_complete",
                violation_error_message="A review that is handed in or scheduled has a score, verdict, basis and text.",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("publish_at__isnull", True), ("published_at__isnull", True), _connector="OR"
                ),
                name="published_review_is_not_scheduled",
                violation_error_message="A published review cannot be scheduled.",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reviewed_on__isnull", True),
                    ("reviewed_on__gte", datetime.date(2000, 1, 1)),
                    _connector="OR",
                ),
                name="review_date_is_from_2000_on",
                violation_error_message="The date of a review is before 2000.",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewcorrection",
            constraint=models.CheckConstraint(
                condition=LessThanOrEqual(Length("new_body"), 20000),
                name="corrected_body_has_a_length",
                violation_error_message="The new body has more than 20,000 characters.",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewcorrection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("old_body", models.F("new_body")), _negated=True),
                    models.Q(("new_body", ""), _negated=True),
                ),
                name="correction_changes_the_text",
                violation_error_message="A correction changes the text, and leaves some.",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewcorrection",
            constraint=models.UniqueConstraint(
                fields=("review", "at"), name="one_correction_at_a_time"
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector("body", config="english"),
                name="review_body_words",
            ),
        ),
        migrations.AddIndex(
            model_name="panelverdict",
            index=models.Index(fields=["verdict"], name="panel_verdict"),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(fields=["-reviewed_on", "-id"], name="review_newest"),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                fields=["reviewer", "-reviewed_on", "-id"], name="review_of_reviewer"
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(("published_at__isnull", True)),
                fields=["-reviewed_on", "-id"],
                name="review_draft",
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                condition=models.Q(("is_current", False), ("published_at__isnull", False)),
                fields=["-reviewed_on", "-id"],
                name="review_replaced",
            ),
        ),
        migrations.AddConstraint(
            model_name="oldreviewerslug",
            constraint=models.UniqueConstraint(
                fields=("slug",), name="one_oldreviewerslug_per_slug"
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewer",
            constraint=models.UniqueConstraint(fields=("slug",), name="one_reviewer_per_slug"),
        ),
        migrations.AddConstraint(
            model_name="reviewer",
            constraint=models.UniqueConstraint(fields=("name",), name="one_reviewer_per_name"),
        ),
    ]
