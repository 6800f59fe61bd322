"""The staff roles: which group may do what in the admin. They are set exactly so after every `migrate`."""

from typing import Any

from django.apps import apps as installed_apps
from django.apps.registry import Apps
from django.db import transaction
from environs import ValidationError

# Actions are those of Django's permissions (view_tool …); a permission of our own is named in full.
PERMISSIONS = {
    # model                  Reviewer                  Editor, in addition         Publisher, in addition
    "tools.category":        ("view",                  "add change delete",        ""),
    "tools.factkind":        ("view",                  "add change delete",        ""),
    "tools.searchsynonym":   ("",                      "view add change delete",   ""),
    "tools.tool":            ("view",                  "add change delete",        "publish_tool"),
    "tools.fact":            ("view",                  "add change delete",        ""),
    "tools.staffnote":       ("view add change",       "",                         ""),
    "tools.ledgerentry":     ("view",                  "",                         ""),
    "reviews.reviewer":      ("view",                  "add change",               ""),
    "reviews.review":        ("view write_own_review", "add change delete",        "publish_review"),
    "reviews.reaffirmation": ("view add",              "",                         ""),
    "votes.vote":            ("",                      "view",                     ""),
    "votes.reason":          ("",                      "view",                     "add change"),
    "votes.intervention":    ("",                      "view",                     "intervene"),
    "newsletter.issue":      ("",                      "view change",              "send_issue"),
    "newsletter.subscriber": ("",                      "",                         "view change"),
    "newsletter.delivery":   ("",                      "",                         "view"),
}  # fmt: skip
GROUPS = ("Reviewer", "Editor", "Publisher")

ACTIONS = {"view", "add", "change", "delete"}


# The operators are no group, but superusers (accounts/models.py).
ROLES = (*GROUPS, "Operator")


def are_roles(names: list[str]) -> None:
    """Raise ValidationError unless each of `names` is a role."""
    if unknown := set(names) - set(ROLES):
        raise ValidationError(f"{', '.join(sorted(unknown))}: the roles are {', '.join(ROLES)}.")


def permissions_of_roles() -> dict[str, set[tuple[str, str]]]:
    """Return {role: {(app label, codename)}}."""
    roles: dict[str, set[tuple[str, str]]] = {}
    held: set[tuple[str, str]] = set()
    for place, role in enumerate(GROUPS):
        for model, words in PERMISSIONS.items():
            held = held | _permissions(model, words[place])
        roles[role] = held
    return roles


def _permissions(model: str, words: str) -> set[tuple[str, str]]:
    app_label, name = model.split(".")
    return {(app_label, f"{word}_{name}" if word in ACTIONS else word) for word in words.split()}


def set_roles(*, using: str, apps: Apps = installed_apps, **kwargs: Any) -> None:
    """Give each group exactly the permissions of the table. Receive `post_migrate` after all apps of ours.

    What an app that is not migrated yet will have is given to them when it is.
    """
    try:
        groups = apps.get_model("auth", "Group").objects.using(using)
    except LookupError:
        return  # Django's own tables are not there either.
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    stored = {
        (permission.content_type.app_label, permission.codename): permission
        for permission in permissions.select_related("content_type")
    }
    with transaction.atomic(using=using):
        for role, wanted in permissions_of_roles().items():
            group, _ = groups.get_or_create(name=role)
            group.permissions.set(stored[key] for key in wanted & stored.keys())
