"""The table of roles is what the admin allows, and holds after every migrate."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.urls import reverse

from config.roles import ACTIONS, GROUPS, PERMISSIONS, permissions_of_roles
from tests.admin_client import make_staff, sign_in

ROLES = ["Reviewer", "Editor", "Publisher"]


def held_by(role):
    rows = Permission.objects.filter(group__name=role)
    return set(rows.values_list("content_type__app_label", "codename"))


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_each_role_holds_exactly_the_permissions_of_the_table(role):
    assert held_by(role) == permissions_of_roles()[role]


@pytest.mark.django_db
def test_what_an_operator_changes_in_a_role_is_put_back_by_migrate():
    editors = Group.objects.get(name="Editor")
    publish = Permission.objects.get(codename="publish_tool")
    editors.permissions.set([publish])
    Group.objects.get(name="Publisher").delete()

    call_command("migrate", verbosity=0)

    assert {role: held_by(role) for role in ROLES} == permissions_of_roles()


@pytest.mark.django_db
def test_a_group_of_the_operators_own_is_left_alone():
    mine = Group.objects.create(name="Interns")
    mine.permissions.set(Permission.objects.filter(codename="view_tool"))

    call_command("migrate", verbosity=0)

    assert held_by("Interns") == {("tools", "view_tool")}


@pytest.mark.django_db(transaction=True)
def test_an_emptied_database_has_the_roles_again():
    call_command("flush", interactive=False, verbosity=0)

    assert {role: held_by(role) for role in ROLES} == permissions_of_roles()


def allowed_by_admin(role):
    """{model: actions} that the admin's index offers to `role`."""
    app_list = sign_in(make_staff(role)).get(reverse("admin:index")).context["app_list"]
    return {
        model["model"]._meta.label_lower: {action for action, may in model["perms"].items() if may}
        for app in app_list
        for model in app["models"]
        if "model" in model
    }


# Actions of the table that have pages of their own instead of the admin's usual ones.
ELSEWHERE = {
    "newsletter.subscriber": {"change"},  # suppressing and releasing
    "reviews.review": {"add", "change", "delete"},  # the scorecard on a tool's page
    "tools.staffnote": {"view", "add", "change"},  # the notes of a tool
    "reviews.reaffirmation": {"view", "add"},  # a review's page, and Review due
}


def actions_of_table(role):
    for model, words_of_roles in PERMISSIONS.items():
        words = set(" ".join(words_of_roles[: GROUPS.index(role) + 1]).split())
        if actions := (words & ACTIONS) - ELSEWHERE.get(model, set()):
            yield model, actions


@pytest.mark.django_db
@pytest.mark.parametrize(
    "role, gate",
    [("Reviewer", {}), ("Editor", {}), ("Publisher", {"newsletter.sendinggate": {"view"}})],
)
def test_the_admin_offers_each_role_exactly_the_actions_of_the_table(role, gate):
    """The sending gate has no permission of its own: everybody who may send sees it."""
    assert allowed_by_admin(role) == dict(actions_of_table(role)) | gate
