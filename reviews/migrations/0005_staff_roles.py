from django.db import migrations

# Permissions are made here too: Django makes its own only after all migrations have run.
ACTIONS = ["add", "change", "delete", "view"]
MODELS = {
    "tools": ["category", "factkind", "tool", "fact"],
    "reviews": ["reviewer", "review"],
}
PUBLISHING = [("tools", "tool", "publish_tool"), ("reviews", "review", "publish_review")]
NAMES = {
    "publish_tool": "Can publish and unpublish tools",
    "publish_review": "Can publish reviews",
    "view_ledgerentry": "Can view ledger entry",
    "view_reaffirmation": "Can view reaffirmation",
    "add_reaffirmation": "Can add reaffirmation",
}


def make_roles(apps, schema_editor):
    editing = [
        (app, model, f"{action}_{model}")
        for app, models in MODELS.items()
        for model in models
        for action in ACTIONS
    ] + [
        ("tools", "ledgerentry", "view_ledgerentry"),
        ("reviews", "reaffirmation", "view_reaffirmation"),
        ("reviews", "reaffirmation", "add_reaffirmation"),
    ]
    group_model = apps.get_model("auth", "Group")
    editor, _ = group_model.objects.get_or_create(name="Editor")
    editor.permissions.set([permission(apps, *wanted) for wanted in editing])
    publisher, _ = group_model.objects.get_or_create(name="Publisher")
    publisher.permissions.set([permission(apps, *wanted) for wanted in editing + PUBLISHING])


def permission(apps, app, model, codename):
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app, model=model
    )
    model_name = apps.get_model(app, model)._meta.verbose_name
    name = NAMES.get(codename, f"Can {codename.split('_')[0]} {model_name}")
    return apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=codename, defaults={"name": name}
    )[0]


def remove_roles(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=["Editor", "Publisher"]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0004_reviews_grow_versions"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_roles, remove_roles)]
