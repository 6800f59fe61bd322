import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import bookmarks.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        ("tools", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="FeedAddress",
            fields=[
                (
                    "reader",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="bookmark_feed",
                        serialize=False,
                        to="accounts.reader",
                    ),
                ),
                (
                    "secret",
                    models.CharField(default=bookmarks.models.make_secret, max_length=43),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="Bookmark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "saved_as",
                    models.CharField(
                        help_text="The tool's name when it was saved.", max_length=120
                    ),
                ),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "seen_until",
                    models.DateTimeField(
                        default=django.utils.timezone.now,
                        help_text="The reader has seen the changes up to this time.",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=2000)),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "reader",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bookmarks",
                        to="accounts.reader",
                    ),
                ),
                (
                    "tool",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="bookmarks",
                        to="tools.tool",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("removed_at__isnull", False)),
                        fields=["removed_at"],
                        name="bookmark_removed",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("reader", "tool"), name="one_bookmark_per_reader_and_tool"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("seen_until__gte", models.F("saved_at"))),
                        name="nothing_is_seen_before_it_is_saved",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "secret",
                    models.CharField(default=bookmarks.models.make_secret, max_length=43),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "reader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="transfers",
                        to="accounts.reader",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["made_at"], name="transfer_made")],
            },
        ),
        migrations.AddConstraint(
            model_name="feedaddress",
            constraint=models.UniqueConstraint(
                fields=("secret",), name="one_feed_address_per_secret"
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.UniqueConstraint(fields=("secret",), name="one_transfer_per_secret"),
        ),
    ]
