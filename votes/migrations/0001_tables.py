import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.math
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        ("tools", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Intervention",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "act",
                    models.CharField(
                        choices=[("released", "Released"), ("voided", "Voided")],
                        max_length=8,
                        verbose_name="action",
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("since", models.DateTimeField(null=True, verbose_name="from (inclusive)")),
                ("until", models.DateTimeField(null=True, verbose_name="to (exclusive)")),
                ("votes", models.IntegerField()),
                ("ships_before", models.IntegerField()),
                ("skips_before", models.IntegerField()),
                ("ships_after", models.IntegerField()),
                ("skips_after", models.IntegerField()),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tool",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="interventions",
                        to="tools.tool",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "permissions": [("intervene", "Can release and void votes")],
            },
        ),
        migrations.CreateModel(
            name="Reason",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "side",
                    models.CharField(choices=[("ship", "Ship"), ("skip", "Skip")], max_length=4),
                ),
                ("slug", models.SlugField(db_index=False, max_length=40)),
                ("label", models.CharField(max_length=40)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Untick to stop offering this reason to readers.",
                        verbose_name="offered",
                    ),
                ),
            ],
            options={
                "ordering": ["side", "position", "label"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("side", "slug"),
                        name="one_reason_per_side_and_slug",
                        violation_error_message="This side already has a reason with this slug.",
                    ),
                    models.UniqueConstraint(fields=("id", "side"), name="reason_and_its_side"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "tool",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="tally",
                        serialize=False,
                        to="tools.tool",
                    ),
                ),
                ("ships", models.IntegerField(default=0)),
                ("skips", models.IntegerField(default=0)),
                ("held", models.IntegerField(default=0)),
                ("version", models.BigIntegerField(default=0)),
                (
                    "rank_bound",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(
                                models.Q(
                                    (
                                        "ships__gte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.Value(10), "-", models.F("skips")
                                        ),
                                    )
                                ),
                                then=django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.functions.comparison.Cast(
                                                    models.F("ships"), models.FloatField()
                                                ),
                                                "/",
                                                django.db.models.functions.comparison.Cast(
                                                    django.db.models.expressions.CombinedExpression(
                                                        models.F("ships"), "+", models.F("skips")
                                                    ),
                                                    models.FloatField(),
                                                ),
                                            ),
                                            "+",
                                            django.db.models.expressions.CombinedExpression(
                                                models.Value(1.9207999999999998),
                                                "/",
                                                django.db.models.functions.comparison.Cast(
                                                    django.db.models.expressions.CombinedExpression(
                                                        models.F("ships"), "+", models.F("skips")
                                                    ),
                                                    models.FloatField(),
                                                ),
                                            ),
                                        ),
                                        "+",
                                        django.db.models.expressions.CombinedExpression(
                                            models.Value(-1.0),
                                            "*",
                                            django.db.models.expressions.CombinedExpression(
                                                models.Value(1.96),
                                                "*",
                                                django.db.models.functions.math.Sqrt(
                                                    django.db.models.expressions.CombinedExpression(
                                                        django.db.models.expressions.CombinedExpression(
                                                            django.db.models.expressions.CombinedExpression(
                                                                django.db.models.expressions.CombinedExpression(
                                                                    django.db.models.functions.comparison.Cast(
                                                                        models.F("ships"),
                                                                        models.FloatField(),
                                                                    ),
                                                                    "/",
                                                                    django.db.models.functions.comparison.Cast(
                                                                        django.db.models.expressions.CombinedExpression(
                                                                            models.F("ships"),
                                                                            "+",
                                                                            models.F("skips"),
                                                                        ),
                                                                        models.FloatField(),
                                                                    ),
                                                                ),
                                                                "*",
                                                                django.db.models.expressions.CombinedExpression(
                                                                    models.Value(1.0),
                                                                    "-",
                                                                    django.db.models.expressions.CombinedExpression(
                                                                        django.db.models.functions.comparison.Cast(
                                                                            models.F("ships"),
                                                                            models.FloatField(),
                                                                        ),
                                                                        "/",
                                                                        django.db.models.functions.comparison.Cast(
                                                                            django.db.models.expressions.CombinedExpression(
                                                                                models.F("ships"),
                                                                                "+",
                                                                                models.F("skips"),
                                                                            ),
                                                                            models.FloatField(),
                                                                        ),
                                                                    ),
                                                                ),
                                                            ),
                                                            "+",
                                                            django.db.models.expressions.CombinedExpression(
                                                                models.Value(0.9603999999999999),
                                                                "/",
                                                                django.db.models.functions.comparison.Cast(
                                                                    django.db.models.expressions.CombinedExpression(
                                                                        models.F("ships"),
                                                                        "+",
                                                                        models.F("skips"),
                                                                    ),
                                                                    models.FloatField(),
                                                                ),
                                                            ),
                                                        ),
                                                        "/",
                                                        django.db.models.functions.comparison.Cast(
                                                            django.db.models.expressions.CombinedExpression(
                                                                models.F("ships"),
                                                                "+",
                                                                models.F("skips"),
                                                            ),
                                                            models.FloatField(),
                                                        ),
                                                    )
                                                ),
                                            ),
                                        ),
                                    ),
                                    "/",
                                    django.db.models.expressions.CombinedExpression(
                                        models.Value(1.0),
                                        "+",
                                        django.db.models.expressions.CombinedExpression(
                                            models.Value(3.8415999999999997),
                                            "/",
                                            django.db.models.functions.comparison.Cast(
                                                django.db.models.expressions.CombinedExpression(
                                                    models.F("ships"), "+", models.F("skips")
                                                ),
                                                models.FloatField(),
                                            ),
                                        ),
                                    ),
                                ),
                            )
                        ),
                        output_field=models.FloatField(null=True),
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("held__gte", 0), ("ships__gte", 0), ("skips__gte", 0)),
                        name="tally_is_not_negative",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Vote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "choice",
                    models.CharField(choices=[("ship", "Ship"), ("skip", "Skip")], max_length=4),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("counted", "Counted"),
                            ("held", "Held"),
                            ("voided", "Voided"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="counted",
                        max_length=9,
                    ),
                ),
                (
                    "rule",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("newcomers", "Too many new readers from one network in an hour"),
                            ("pace", "Votes came too fast"),
                            (
                                "network-cap",
                                "Too many votes from one network on one tool in a day",
                            ),
                            ("burst", "A burst far above the tool's own history"),
                            ("staff", "Voided by staff, with a stated reason"),
                        ],
                        max_length=11,
                    ),
                ),
                ("network", models.BinaryField(max_length=16)),
                ("cast_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "reader",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="votes",
                        to="accounts.reader",
                    ),
                ),
                (
                    "reason",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="votes",
                        to="votes.reason",
                    ),
                ),
                (
                    "tool",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="votes",
                        to="tools.tool",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["tool", "-changed_at", "-id"], name="vote_tool_changed"),
                    models.Index(fields=["network", "-id"], name="vote_network"),
                    models.Index(
                        condition=models.Q(("rule", ""), _negated=True),
                        fields=["rule", "-id"],
                        name="vote_rule",
                    ),
                    models.Index(
                        condition=models.Q(("state", "counted"), _negated=True),
                        fields=["state", "tool", "changed_at"],
                        name="vote_state_tool_changed",
                    ),
                    models.Index(
                        condition=models.Q(("reason__isnull", False)),
                        fields=["reason"],
                        name="vote_reason",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("reader", "tool"), name="one_vote_per_reader_and_tool"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("choice__in", ["ship", "skip"])),
                        name="vote_is_ship_or_skip",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["counted", "withdrawn"]),
                            models.Q(("rule", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="vote_that_does_not_count_names_its_rule",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "counted"), _negated=True),
                            ("rule", ""),
                            _connector="OR",
                        ),
                        name="counted_vote_has_no_rule",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReasonTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("count", models.IntegerField()),
                (
                    "reason",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tallies",
                        to="votes.reason",
                    ),
                ),
                (
                    "tool",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reason_tallies",
                        to="tools.tool",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tool", "reason"), name="one_tally_per_tool_and_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("count__gte", 0)),
                        name="reason_tally_is_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VoteDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("cast", "Cast"),
                            ("changed", "Changed"),
                            ("withdrawn", "Withdrawn"),
                            ("held", "Held"),
                            ("released", "Released"),
                            ("voided", "Voided"),
                            ("reason_added", "Reason added"),
                            ("reason_removed", "Reason removed"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        blank=True, choices=[("ship", "Ship"), ("skip", "Skip")], max_length=4
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("counted", "Counted"),
                            ("held", "Held"),
                            ("voided", "Voided"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "rule",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("newcomers", "Too many new readers from one network in an hour"),
                            ("pace", "Votes came too fast"),
                            (
                                "network-cap",
                                "Too many votes from one network on one tool in a day",
                            ),
                            ("burst", "A burst far above the tool's own history"),
                            ("staff", "Voided by staff, with a stated reason"),
                        ],
                        max_length=11,
                    ),
                ),
                ("count", models.IntegerField()),
                (
                    "reason",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vote_days",
                        to="votes.reason",
                    ),
                ),
                (
                    "tool",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="vote_days",
                        to="tools.tool",
                    ),
                ),
            ],
            options={
                "ordering": ["-day", "tool", "event", "rule"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tool", "day", "event", "side", "state", "rule", "reason"),
                        name="one_count_per_day_and_event",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="tally",
            name="category",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="tools.category",
            ),
        ),
        migrations.AddField(
            model_name="tally",
            name="entry",
            field=models.CharField(default="", max_length=12),
        ),
        migrations.AddField(
            model_name="tally",
            name="published_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="tally",
            name="verdict",
            field=models.CharField(default="", max_length=5),
        ),
        migrations.AddIndex(
            model_name="tally",
            index=models.Index(
                condition=models.Q(("held__gt", 0)),
                fields=["-held", "tool"],
                name="tally_held",
            ),
        ),
        migrations.AddIndex(
            model_name="tally",
            index=models.Index(
                models.F("category"),
                models.F("entry"),
                models.F("verdict"),
                models.OrderBy(models.F("rank_bound"), descending=True, nulls_last=True),
                models.F("tool"),
                condition=models.Q(("published_at__isnull", False)),
                name="tally_rank_in_category",
            ),
        ),
        migrations.AddIndex(
            model_name="tally",
            index=models.Index(
                models.F("entry"),
                models.F("verdict"),
                models.OrderBy(models.F("rank_bound"), descending=True, nulls_last=True),
                models.F("tool"),
                condition=models.Q(("published_at__isnull", False)),
                name="tally_rank_anywhere",
            ),
        ),
        migrations.CreateModel(
            name="Move",
            fields=[
                (
                    "tool",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="tools.tool",
                    ),
                ),
                ("old_score", models.DecimalField(decimal_places=1, max_digits=4)),
                (
                    "old_verdict",
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
            ],
        ),
        migrations.CreateModel(
            name="RankedTool",
            fields=[
                (
                    "tool",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="ranked",
                        serialize=False,
                        to="tools.tool",
                    ),
                ),
                ("reviews", models.PositiveSmallIntegerField()),
                ("panel_ships", models.PositiveSmallIntegerField()),
                ("score", models.DecimalField(decimal_places=1, max_digits=4, null=True)),
                ("score_low", models.DecimalField(decimal_places=1, max_digits=4, null=True)),
                ("score_high", models.DecimalField(decimal_places=1, max_digits=4, null=True)),
                ("lowest", models.PositiveSmallIntegerField(null=True)),
                ("highest", models.PositiveSmallIntegerField(null=True)),
                ("corrected_score", models.DecimalField(decimal_places=1, max_digits=4, null=True)),
                ("ships", models.IntegerField(null=True)),
                ("skips", models.IntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Rank",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ranking",
                    models.CharField(
                        choices=[
                            ("panel", "By the panel"),
                            ("community", "By the community"),
                            ("divisive", "Most divisive"),
                            ("gap", "Widest gap between panel and community"),
                        ],
                        max_length=9,
                    ),
                ),
                ("place", models.PositiveIntegerField()),
                ("rank", models.PositiveIntegerField()),
                ("is_shared", models.BooleanField()),
                ("among", models.PositiveIntegerField(verbose_name="how many tools have a rank")),
                ("corrected_place", models.PositiveIntegerField(null=True)),
                ("rise", models.IntegerField(null=True)),
                (
                    "category",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tools.category",
                    ),
                ),
                (
                    "ranked_tool",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ranks",
                        to="votes.rankedtool",
                    ),
                ),
            ],
            options={
                "ordering": ["ranking", "category", "place"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("ranking", "category", "place"),
                        name="one_rank_per_place",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("place__lte", models.F("among")),
                            ("rank__gte", 1),
                            ("rank__lte", models.F("place")),
                        ),
                        name="rank_is_at_most_its_place",
                    ),
                ],
            },
        ),
    ]
