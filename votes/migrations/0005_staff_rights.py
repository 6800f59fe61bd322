from django.db import migrations

# Permissions are made here too: Django makes its own only after all migrations have run.
VIEWING = [
    ("vote", "view_vote", "Can view vote"),
    ("reason", "view_reason", "Can view reason"),
    ("intervention", "view_intervention", "Can view intervention"),
]
INTERVENING = [
    ("intervention", "intervene", "Can release and void votes"),
    ("reason", "add_reason", "Can add reason"),
    ("reason", "change_reason", "Can change reason"),
]
RIGHTS = {"Editor": VIEWING, "Publisher": VIEWING + INTERVENING}


def give_rights(apps, schema_editor):
    for group in groups(apps):
        group.permissions.add(*(permission(apps, *wanted) for wanted in RIGHTS[group.name]))


def take_rights(apps, schema_editor):
    for group in groups(apps):
        group.permissions.remove(*(permission(apps, *wanted) for wanted in RIGHTS[group.name]))


def groups(apps):
    return apps.get_model("auth", "Group").objects.filter(name__in=RIGHTS)


def permission(apps, model, codename, name):
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="votes", model=model
    )
    return apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=codename, defaults={"name": name}
    )[0]


class Migration(migrations.Migration):
    dependencies = [
        ("votes", "0004_first_reasons"),
        ("reviews", "0005_staff_roles"),
    ]

    operations = [migrations.RunPython(give_rights, take_rights)]
