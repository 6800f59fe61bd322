import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tools", "0004_change_log_is_data"),
    ]

    operations = [
        migrations.AddField(
            model_name="tool",
            name="logo",
            field=models.CharField(blank=True, editable=False, max_length=32),
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
    ]
