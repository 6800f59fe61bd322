import datetime
import uuid

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import migrations, models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

import web.validators


class Migration(migrations.Migration):
    initial = True

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Category",
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
                        error_messages={"unique": "Another category has this name."},
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
                (
                    "description",
                    models.TextField(
                        blank=True,
                        max_length=2000,
                        help_text="Markdown. Which tools belong in this category.",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "verbose_name_plural": "categories",
                "ordering": ["position", "name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("slug__regex", "^[a-z0-9]+(-[a-z0-9]+)*$"),
                            models.Q(("slug__regex", "(^|-)vs(-|$)"), _negated=True),
                        ),
                        name="category_slug_is_an_address",
                        violation_error_message="A slug has lower-case letters (a-z), digits and single hyphens, and does not contain “vs” as a word.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CatalogVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.BigIntegerField()),
                (
                    "category",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tools.category",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SearchSynonym",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "term",
                    models.CharField(
                        help_text="What readers type, for example “rag”.", max_length=60
                    ),
                ),
                (
                    "stands_for",
                    models.CharField(
                        help_text="What tools say instead, for example “retrieval”. A name of a category finds its tools.",
                        max_length=60,
                    ),
                ),
                (
                    "is_two_way",
                    models.BooleanField(
                        default=False,
                        help_text="Also find the first when readers type the second.",
                        verbose_name="both ways",
                    ),
                ),
            ],
            options={"ordering": ["term", "stands_for"]},
        ),
        migrations.CreateModel(
            name="FactKind",
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
                        error_messages={"unique": "Another fact kind has this name."},
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
                (
                    "group",
                    models.CharField(
                        help_text="The heading that this fact is listed under.", max_length=60
                    ),
                ),
                (
                    "value_type",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("number", "Number"),
                            ("boolean", "Yes or no"),
                            ("packages", "Package URLs"),
                        ],
                        max_length=8,
                    ),
                ),
                ("unit", models.CharField(blank=True, max_length=20)),
                (
                    "better",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Neither"),
                            ("higher", "Higher is better"),
                            ("lower", "Lower is better"),
                        ],
                        default="",
                        max_length=6,
                    ),
                ),
                (
                    "is_filter",
                    models.BooleanField(
                        default=False,
                        help_text="Readers can filter the directory by this fact. Only for yes or no, and texts of a few different values with at most 60 characters.",
                        verbose_name="use as a filter",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("slug__regex", "^[a-z0-9]+(-[a-z0-9]+)*$"),
                            models.Q(("slug__regex", "(^|-)vs(-|$)"), _negated=True),
                        ),
                        name="fact_kind_slug_is_an_address",
                        violation_error_message="A slug has lower-case letters (a-z), digits and single hyphens, and does not contain “vs” as a word.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("better", ""), ("value_type", "number"), _connector="OR"
                        ),
                        name="only_numeric_fact_kinds_have_a_direction",
                        violation_error_message="Only a kind of the type Number can say which values are better.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_filter", False),
                            ("value_type__in", ["text", "boolean"]),
                            _connector="OR",
                        ),
                        name="filters_are_texts_or_yes_or_no",
                        violation_error_message="Only a kind of the type Text, or Yes or no, can be used as a filter.",
                    ),
                    models.UniqueConstraint(
                        fields=("id", "value_type"), name="fact_kind_and_its_value_type"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LogoImage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=32)),
                ("size", models.PositiveSmallIntegerField()),
                ("content", models.BinaryField(help_text="WebP, lossless.")),
                ("stored_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("digest", "size"), name="one_logo_image_per_size"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("size__in", (96, 192))),
                        name="logo_image_has_a_known_size",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OldCategorySlug",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.CharField(max_length=80)),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="old_slugs",
                        to="tools.category",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Tool",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
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
                (
                    "tagline",
                    models.CharField(
                        blank=True, help_text="One line, shown below the name.", max_length=140
                    ),
                ),
                (
                    "description",
                    models.TextField(blank=True, max_length=10000, help_text="Markdown."),
                ),
                (
                    "website",
                    models.CharField(
                        blank=True, max_length=500, validators=[web.validators.validate_web_address]
                    ),
                ),
                (
                    "entry",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("free", "Free"),
                            ("open_source", "Open source"),
                            ("freemium", "Freemium"),
                            ("trial", "Trial"),
                            ("paid", "Paid"),
                        ],
                        help_text="What it costs to start.",
                        max_length=12,
                    ),
                ),
                ("pricing", models.CharField(blank=True, max_length=200)),
                ("best_for", models.CharField(blank=True, max_length=300)),
                ("skip_if", models.CharField(blank=True, max_length=300)),
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
                        default="active",
                        max_length=12,
                    ),
                ),
                (
                    "status_date",
                    models.DateField(
                        blank=True,
                        help_text="Since when the tool has had this status. Leave empty if it is active, or if you do not know.",
                        null=True,
                    ),
                ),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty for a draft. Readers see nothing before this time.",
                        null=True,
                    ),
                ),
                (
                    "withdrawn_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Set while a published tool is withdrawn.",
                        null=True,
                    ),
                ),
                ("logo", models.CharField(blank=True, editable=False, max_length=32)),
                (
                    "is_sample",
                    models.BooleanField(
                        default=False,
                        help_text="Tick for demonstration content. The site's footer says so while any is published.",
                        verbose_name="sample content",
                    ),
                ),
                ("version", models.BigIntegerField(default=1, editable=False)),
                (
                    "category",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tools",
                        to="tools.category",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="The tool to use instead.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessors",
                        to="tools.tool",
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
                "permissions": [("publish_tool", "Can publish and unpublish tools")],
            },
        ),
        migrations.CreateModel(
            name="OldToolSlug",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.CharField(max_length=80)),
                (
                    "tool",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="old_slugs",
                        to="tools.tool",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("added", "Added"),
                            ("withdrawn", "Withdrawn"),
                            ("restored", "Published again"),
                            ("reviewed", "Review"),
                            ("verdict", "Verdict"),
                            ("score", "Panel score"),
                            ("entry", "Entry"),
                            ("pricing", "Price"),
                            ("category", "Category"),
                            ("slug", "Address"),
                            ("status", "Status"),
                            ("name", "Name"),
                            ("tagline", "Tagline"),
                            ("best_for", "Best for"),
                            ("skip_if", "Skip if"),
                            ("fact", "Fact"),
                            ("corrected", "Correction"),
                        ],
                        max_length=9,
                    ),
                ),
                ("event", models.UUIDField(default=uuid.uuid4)),
                (
                    "at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="time"),
                ),
                ("old", models.JSONField(null=True)),
                ("new", models.JSONField(null=True)),
                ("review_id", models.BigIntegerField(null=True)),
                ("reason", models.TextField(blank=True, max_length=1000)),
                (
                    "category",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tools.category",
                    ),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="tools.ledgerentry",
                    ),
                ),
                (
                    "fact_kind",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tools.factkind",
                    ),
                ),
                (
                    "new_category",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tools.category",
                    ),
                ),
                (
                    "old_category",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tools.category",
                    ),
                ),
                (
                    "new_successor",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tools.tool",
                    ),
                ),
                (
                    "old_successor",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tools.tool",
                    ),
                ),
                (
                    "tool",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ledger",
                        to="tools.tool",
                    ),
                ),
            ],
            options={
                "verbose_name": "change log entry",
                "verbose_name_plural": "change log",
                "ordering": ["-at", "-event", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Fact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "value_type",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("number", "Number"),
                            ("boolean", "Yes or no"),
                            ("packages", "Package URLs"),
                        ],
                        editable=False,
                        max_length=8,
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=300)),
                (
                    "number",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=15, null=True),
                ),
                ("boolean", models.BooleanField(blank=True, null=True, verbose_name="yes or no")),
                (
                    "source_url",
                    models.CharField(
                        max_length=500,
                        validators=[web.validators.validate_web_address],
                        verbose_name="source address",
                    ),
                ),
                (
                    "observed_on",
                    models.DateField(default=datetime.date.today, verbose_name="date observed"),
                ),
                (
                    "kind",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="facts",
                        to="tools.factkind",
                    ),
                ),
                (
                    "tool",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="facts",
                        to="tools.tool",
                    ),
                ),
            ],
            options={
                "ordering": ["kind__position", "kind__name"],
            },
        ),
        migrations.AddIndex(
            model_name="tool",
            index=models.Index(fields=["published_at"], name="tool_published"),
        ),
        migrations.AddIndex(
            model_name="tool",
            index=models.Index(fields=["category", "published_at"], name="tool_category_published"),
        ),
        migrations.AddIndex(
            model_name="tool",
            index=models.Index(fields=["category", "id"], name="tool_category_id"),
        ),
        migrations.AddIndex(
            model_name="tool",
            index=models.Index(
                condition=models.Q(("is_sample", True)),
                fields=["published_at"],
                name="tool_sample_published",
            ),
        ),
        migrations.AddConstraint(
            model_name="tool",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("slug__regex", "^[a-z0-9]+(-[a-z0-9]+)*$"),
                    models.Q(("slug__regex", "(^|-)vs(-|$)"), _negated=True),
                ),
                name="tool_slug_is_an_address",
                violation_error_message="A slug has lower-case letters (a-z), digits and single hyphens, and does not contain “vs” as a word.",
            ),
        ),
        migrations.AddConstraint(
            model_name="tool",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("successor__isnull", True),
                    models.Q(("successor", models.F("pk")), _negated=True),
                    _connector="OR",
                ),
                name="tool_is_not_its_own_successor",
                violation_error_message="A tool cannot be its own successor.",
            ),
        ),
        migrations.AddConstraint(
            model_name="tool",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status_date__isnull", True),
                    ("status_date__gte", datetime.date(2000, 1, 1)),
                    _connector="OR",
                ),
                name="tool_status_date_is_from_2000_on",
                violation_error_message="The date of a status is before 2000.",
            ),
        ),
        migrations.AddConstraint(
            model_name="tool",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("website", ""), ("website__iregex", "^https?://"), _connector="OR"
                ),
                name="tool_website_is_http",
                violation_error_message="The website must begin with http:// or https://.",
            ),
        ),
        migrations.AddConstraint(
            model_name="tool",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("published_at__isnull", True),
                    models.Q(
                        models.Q(("entry", ""), _negated=True),
                        models.Q(("tagline", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="published_tool_has_entry_and_tagline",
                violation_error_message="A published tool needs an entry and a tagline.",
            ),
        ),
        migrations.AddConstraint(
            model_name="tool",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("published_at__isnull", True), ("withdrawn_at__isnull", True), _connector="OR"
                ),
                name="tool_is_not_both_published_and_withdrawn",
                violation_error_message="A tool is not both published and withdrawn.",
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(fields=["-at", "-event", "-id"], name="ledger_newest"),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(fields=["tool", "-at", "-event", "-id"], name="ledger_tool_newest"),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(fields=["kind", "-at", "-event", "-id"], name="ledger_kind_newest"),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(fields=["category", "-at", "-event"], name="ledger_category_newest"),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(fields=["event"], name="ledger_event"),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(
                    ("old_successor__isnull", False),
                    ("new_successor__isnull", False),
                    _connector="OR",
                ),
                fields=["tool"],
                include=("old_successor", "new_successor"),
                name="ledger_names_successor",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["added", "restored"]), _negated=True),
                    models.Q(
                        ("new__isnull", False),
                        ("new_category__isnull", False),
                        ("old__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="ledger_publication_carries_the_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "withdrawn"), _negated=True),
                    models.Q(
                        ("new__isnull", True),
                        ("old__isnull", True),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="ledger_withdrawal_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "reviewed"), ("new__isnull", False), ("review_id__isnull", False)
                    ),
                    models.Q(
                        models.Q(("kind", "reviewed"), _negated=True), ("review_id__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="ledger_review_is_referenced",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fact_kind__isnull", False), ("kind", "fact")),
                    models.Q(
                        models.Q(("kind", "fact"), _negated=True), ("fact_kind__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="ledger_fact_has_its_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "category"), _negated=True),
                    models.Q(("new_category__isnull", False), ("old_category__isnull", False)),
                    _connector="OR",
                ),
                name="ledger_category_has_both_sides",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "status"), _negated=True),
                    models.Q(("new__isnull", False), ("old__isnull", False)),
                    _connector="OR",
                ),
                name="ledger_status_has_both_sides",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "kind__in",
                            [
                                "verdict",
                                "score",
                                "entry",
                                "pricing",
                                "slug",
                                "name",
                                "tagline",
                                "best_for",
                                "skip_if",
                                "fact",
                            ],
                        ),
                        _negated=True,
                    ),
                    ("old__isnull", False),
                    ("new__isnull", False),
                    _connector="OR",
                ),
                name="ledger_change_has_a_side",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("corrects__isnull", False),
                        ("kind", "corrected"),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("kind", "corrected"), _negated=True), ("corrects__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="ledger_correction_names_entry_and_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="fact",
            constraint=models.UniqueConstraint(
                fields=("tool", "kind"),
                name="one_fact_per_kind_and_tool",
                violation_error_message="This tool already has a fact of this kind.",
            ),
        ),
        migrations.AddConstraint(
            model_name="fact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("boolean__isnull", True),
                        ("number__isnull", True),
                        ("value_type", "text"),
                        models.Q(("text", ""), _negated=True),
                    ),
                    models.Q(
                        ("boolean__isnull", True),
                        ("number__isnull", True),
                        ("text__startswith", "pkg:"),
                        ("value_type", "packages"),
                    ),
                    models.Q(
                        ("boolean__isnull", True),
                        ("number__isnull", False),
                        ("text", ""),
                        ("value_type", "number"),
                    ),
                    models.Q(
                        ("boolean__isnull", False),
                        ("number__isnull", True),
                        ("text", ""),
                        ("value_type", "boolean"),
                    ),
                    _connector="OR",
                ),
                name="fact_holds_the_value_of_its_type",
                violation_error_message="A fact has exactly one value, of the type of its kind.",
            ),
        ),
        migrations.AddConstraint(
            model_name="fact",
            constraint=models.CheckConstraint(
                condition=models.Q(("source_url__iregex", "^https?://")),
                name="fact_source_is_http",
                violation_error_message="The source address must begin with http:// or https://.",
            ),
        ),
        migrations.AddIndex(
            model_name="fact",
            index=models.Index(fields=["observed_on", "id"], name="fact_observed_on"),
        ),
        migrations.AddIndex(
            model_name="fact",
            index=models.Index(fields=["kind", "observed_on", "id"], name="fact_kind_observed_on"),
        ),
        migrations.AddIndex(
            model_name="fact",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector("text", config="simple"),
                condition=models.Q(("text", ""), _negated=True),
                name="fact_value_words",
            ),
        ),
        migrations.AddIndex(
            model_name="tool",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector("tagline", config="english"),
                name="tool_tagline_words",
            ),
        ),
        migrations.AddIndex(
            model_name="tool",
            index=models.Index(fields=["name", "id"], name="tool_name"),
        ),
        migrations.AddIndex(
            model_name="tool",
            index=models.Index(fields=["status", "name", "id"], name="tool_status_name"),
        ),
        migrations.AddIndex(
            model_name="tool",
            index=models.Index(
                condition=models.Q(("withdrawn_at__isnull", False)),
                fields=["name", "id"],
                name="tool_withdrawn_name",
            ),
        ),
        migrations.AddIndex(
            model_name="tool",
            index=models.Index(
                condition=models.Q(("published_at__isnull", True)),
                fields=["name", "id"],
                name="tool_draft_name",
            ),
        ),
        migrations.CreateModel(
            name="FactPackage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("url", models.CharField(max_length=300)),
                (
                    "fact",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="packages",
                        to="tools.fact",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("url", "fact"), name="one_package_per_url_and_fact"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="tool",
            constraint=models.CheckConstraint(
                condition=LessThanOrEqual(Length("description"), 10000),
                name="tool_description_has_a_length",
                violation_error_message="The description has more than 10,000 characters.",
            ),
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.CheckConstraint(
                condition=LessThanOrEqual(Length("description"), 2000),
                name="category_description_has_a_length",
                violation_error_message="The description has more than 2,000 characters.",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=LessThanOrEqual(Length("reason"), 1000),
                name="ledger_reason_has_a_length",
                violation_error_message="The reason has more than 1,000 characters.",
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                fields=["tool", "kind", "-at", "-event"], name="ledger_tool_kind_newest"
            ),
        ),
        migrations.CreateModel(
            name="StaffNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(max_length=2000)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "assigned_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="for",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tool",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="staff_notes",
                        to="tools.tool",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=LessThanOrEqual(Length("text"), 2000),
                        name="staff_note_has_a_length",
                        violation_error_message="The text has more than 2,000 characters.",
                    )
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at__isnull", True)),
                        fields=["assigned_to", "tool"],
                        name="staff_note_open",
                    ),
                    GinIndex(SearchVector("text", config="english"), name="staff_note_words"),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=GinIndex(
                SearchVector("reason", config="english"),
                condition=models.Q(("reason", ""), _negated=True),
                name="ledger_reason_words",
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(("corrects__isnull", False)),
                fields=["corrects"],
                name="ledger_corrects",
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(("review_id__isnull", False)),
                fields=["review_id"],
                name="ledger_review",
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(("fact_kind__isnull", False)),
                fields=["fact_kind"],
                name="ledger_fact_kind",
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(("old_category__isnull", False)),
                fields=["old_category"],
                name="ledger_old_category",
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(("new_category__isnull", False)),
                fields=["new_category"],
                name="ledger_new_category",
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(("old_successor__isnull", False)),
                fields=["old_successor"],
                name="ledger_old_successor",
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(("new_successor__isnull", False)),
                fields=["new_successor"],
                name="ledger_new_successor",
            ),
        ),
        migrations.AddIndex(
            model_name="tool",
            index=models.Index(
                condition=models.Q(("successor__isnull", False)),
                fields=["successor"],
                name="tool_successor",
            ),
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.UniqueConstraint(fields=("slug",), name="one_category_per_slug"),
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.UniqueConstraint(fields=("name",), name="one_category_per_name"),
        ),
        migrations.AddConstraint(
            model_name="factkind",
            constraint=models.UniqueConstraint(fields=("slug",), name="one_fact_kind_per_slug"),
        ),
        migrations.AddConstraint(
            model_name="factkind",
            constraint=models.UniqueConstraint(fields=("name",), name="one_fact_kind_per_name"),
        ),
        migrations.AddConstraint(
            model_name="oldcategoryslug",
            constraint=models.UniqueConstraint(
                fields=("slug",), name="one_oldcategoryslug_per_slug"
            ),
        ),
        migrations.AddConstraint(
            model_name="oldtoolslug",
            constraint=models.UniqueConstraint(fields=("slug",), name="one_oldtoolslug_per_slug"),
        ),
        migrations.AddConstraint(
            model_name="tool",
            constraint=models.UniqueConstraint(fields=("slug",), name="one_tool_per_slug"),
        ),
    ]
