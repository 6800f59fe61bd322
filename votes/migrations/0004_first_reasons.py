from django.db import migrations

REASONS = {
    "ship": [
        ("saves-time", "Saves time"),
        ("quality", "Quality"),
        ("price", "Price"),
        ("reliable", "Reliable"),
        ("privacy", "Privacy"),
        ("open", "Open"),
        ("support", "Support"),
    ],
    "skip": [
        ("price", "Price"),
        ("unreliable", "Unreliable"),
        ("lock-in", "Lock-in"),
        ("privacy", "Privacy"),
        ("immature", "Immature"),
        ("quality", "Quality"),
        ("hard-to-use", "Hard to use"),
    ],
}


def add_reasons(apps, schema_editor):
    reason_model = apps.get_model("votes", "Reason")
    reason_model.objects.bulk_create(
        reason_model(side=side, slug=slug, label=label, position=position)
        for side, reasons in REASONS.items()
        for position, (slug, label) in enumerate(reasons)
    )


class Migration(migrations.Migration):
    dependencies = [("votes", "0003_tallies_follow_the_votes")]

    operations = [migrations.RunPython(add_reasons, migrations.RunPython.noop)]
