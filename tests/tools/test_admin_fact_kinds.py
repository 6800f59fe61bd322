"""A kind of fact keeps its type while facts have it."""

import pytest
from django.urls import reverse

from tests.admin_client import make_staff, sign_in
from tests.factories import make_fact, make_fact_kind, make_tool

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
        response = editor.post(page, fields | changes)
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
