from django.db import migrations

# Permissions are made here too: Django makes its own only after all migrations have run.
EDITING = [
    ("issue", "view_issue", "Can view issue"),
    ("issue", "change_issue", "Can change issue"),
]
PUBLISHING = [
    ("issue", "send_issue", "Can send, pause and cancel issues"),
    ("subscriber", "view_subscriber", "Can view subscriber"),
    ("subscriber", "change_subscriber", "Can change subscriber"),
    ("delivery", "view_delivery", "Can view delivery"),
]
RIGHTS = {"Editor": EDITING, "Publisher": EDITING + PUBLISHING}


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
        app_label="newsletter", model=model
    )
    return apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=codename, defaults={"name": name}
    )[0]


class Migration(migrations.Migration):
    dependencies = [
        ("newsletter", "0004_addresses_by_their_start"),
        ("reviews", "0005_staff_roles"),
    ]

    operations = [migrations.RunPython(give_rights, take_rights)]
