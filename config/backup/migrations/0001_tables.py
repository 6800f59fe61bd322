from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="LastBackup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("taken_at", models.DateTimeField(null=True)),
                ("file", models.CharField(blank=True, max_length=255)),
                ("bytes", models.BigIntegerField(default=0)),
                (
                    "proof",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("restored", "restored and compared"),
                            ("read", "read whole, but not restored"),
                        ],
                        max_length=8,
                    ),
                ),
                ("problem", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pk", 1)), name="backup_last_is_one_row"
                    )
                ],
            },
        ),
    ]
