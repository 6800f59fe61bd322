import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

# Pages print the figures, so computing them again makes kept pages old. Seeing that nothing changed does not.
TOUCHES = """
CREATE TRIGGER figure_set_touches_catalog AFTER INSERT OR DELETE OR UPDATE OF computed_at
    ON reviews_figureset FOR EACH STATEMENT EXECUTE FUNCTION tools_touch_catalog();
"""
TOUCHES_NOT = "DROP TRIGGER figure_set_touches_catalog ON reviews_figureset;"


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0005_close_calls_and_ranking"),
        ("tools", "0004_change_log_is_data"),
    ]

    operations = [
        migrations.CreateModel(
            name="CorrectedRank",
            fields=[
                (
                    "tool",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="corrected_rank",
                        serialize=False,
                        to="tools.tool",
                    ),
                ),
                ("rank", models.PositiveIntegerField()),
                ("corrected_rank", models.PositiveIntegerField()),
                ("score", models.DecimalField(decimal_places=1, max_digits=4)),
                ("corrected_score", models.DecimalField(decimal_places=1, max_digits=4)),
            ],
            options={
                "ordering": ["rank", "corrected_rank", "tool_id"],
            },
        ),
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
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("first", "second"), name="one_agreement_per_pair"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))),
                        name="agreement_is_stored_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("same_verdict__lte", models.F("tools")), ("tools__gte", 1)
                        ),
                        name="agreement_is_part_of_the_shared_tools",
                    ),
                ],
            },
        ),
        migrations.RunSQL(TOUCHES, TOUCHES_NOT),
    ]
