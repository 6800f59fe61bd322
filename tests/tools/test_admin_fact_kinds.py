"""A kind of fact keeps its type while facts have it."""

import pytest
from django.db import IntegrityError
from django.urls import reverse

from reviews.actions import publish_tool
from tests.admin_client import make_staff, sign_in
from tests.factories import make_fact, make_fact_kind, make_tool
from tools.actions import recorded_changes, unpublish_tool
from tools.models import FactKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def kind():
    return make_fact_kind("number", name="Context window")


@pytest.fixture
def save(kind):
    """Change fields of the kind's page and save it; return what the page says is wrong."""
    editor = sign_in(make_staff("Editor"))
    page = reverse("admin:tools_factkind_change", args=[kind.pk])

    def change(**changes):
        names = ["name", "slug", "group", "value_type", "unit", "better", "position"]
        fields = {name: getattr(kind, name) for name in names}
        token = editor.get(page).context["adminform"].form["version_token"].value()
        response = editor.post(page, fields | changes | {"version_token": token})
        kind.refresh_from_db()
        return response.context["adminform"].errors if response.status_code == 200 else {}

    return change


@pytest.mark.parametrize(
    "facts, words",
    [
        (1, "“Context window” has 1 fact of the type Number. Delete it first,"),
        (12, "“Context window” has 12 facts of the type Number. Delete them first,"),
    ],
)
def test_a_kind_with_facts_keeps_its_type(save, kind, facts, words):
    for _ in range(facts):
        make_fact(make_tool(), kind, 128_000)

    errors = save(value_type="text")

    assert errors == {
        "value_type": [f"{words} or make another kind for the new type."],
    }
    assert kind.value_type == "number"


def test_a_kind_without_facts_may_change_its_type(save, kind):
    make_fact(make_tool(), make_fact_kind("number"), 128_000)

    assert save(value_type="boolean") == {}
    assert kind.value_type == "boolean"


def test_a_kind_with_facts_may_change_the_rest(save, kind):
    make_fact(make_tool(), kind, 128_000)

    assert save(name="Window", unit="tokens") == {}
    assert (kind.name, kind.unit) == ("Window", "tokens")


@pytest.fixture
def logged_kind(kind):
    """A kind without facts, that the state of a withdrawn tool names."""
    tool = make_tool(published=False)
    make_fact(tool, kind, 128_000)
    publish_tool(tool=tool)
    unpublish_tool(tool=tool, reason="A copy.")
    with recorded_changes(tool.pk):
        tool.facts.all().delete()
    return kind


@pytest.mark.parametrize(
    "ask",
    [
        lambda editor, pk: editor.post(
            reverse("admin:tools_factkind_delete", args=[pk]), {"post": "yes"}
        ),
        lambda editor, pk: editor.post(
            reverse("admin:tools_factkind_changelist"),
            {"action": "delete_selected", "_selected_action": pk, "post": "yes"},
        ),
    ],
)
def test_a_kind_that_the_change_log_names_is_not_deleted(logged_kind, ask):
    editor = sign_in(make_staff("Editor"))

    response = ask(editor, logged_kind.pk)

    assert "Change log: facts of Context window" in response.content.decode()
    assert FactKind.objects.filter(pk=logged_kind.pk).exists()


def test_the_database_keeps_a_kind_that_the_change_log_names(logged_kind):
    with pytest.raises(IntegrityError, match='The change log names the fact kind "'):
        logged_kind.delete()
