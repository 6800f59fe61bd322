from django.contrib.postgres.indexes import OpClass
from django.db import migrations, models
from django.db.models.functions import Lower

ACTS = [
    ("asked", "Asked for the newsletter"),
    ("confirmed", "Confirmed"),
    ("unsubscribed", "Unsubscribed"),
    ("resubscribed", "Undid unsubscribing"),
    ("chose", "Changed preferences"),
    ("suppressed", "Suppressed"),
    ("released", "Suppression lifted"),
]


class Migration(migrations.Migration):
    dependencies = [("newsletter", "0003_consents_are_append_only")]

    operations = [
        migrations.AlterField("consent", "act", models.CharField(max_length=12, choices=ACTS)),
        migrations.AddIndex(
            "subscriber",
            models.Index(
                OpClass(Lower("email"), name="text_pattern_ops"), name="subscriber_address_start"
            ),
        ),
    ]
