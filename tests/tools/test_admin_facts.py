"""The page of a single fact in the admin."""

import pytest
from django.urls import reverse

from tests.admin_client import form_values
from tests.factories import make_fact, make_fact_kind, make_tool
from tools.models import LedgerEntry

pytestmark = pytest.mark.django_db
CONFLICT = "This fact changed after you opened this page, so nothing was saved."


@pytest.fixture
def fact():
    return make_fact(make_tool(), make_fact_kind("number"), 128_000)


def page_of(fact):
    return reverse("admin:tools_fact_change", args=[fact.pk])


def opened(editor, fact):
    return form_values(editor.get(page_of(fact)).context["adminform"].form)


def test_a_fact_that_changed_since_is_not_overwritten(editor, fact):
    fields = opened(editor, fact)
    editor.post(page_of(fact), fields | {"value": "200000"})

    response = editor.post(page_of(fact), fields | {"source_url": "https://other.example/"})

    fact.refresh_from_db()
    assert CONFLICT in response.content.decode()
    assert (fact.number, fact.source_url) == (200_000, "https://source.example/")


def test_sent_again_it_is_saved_and_recorded(editor, fact):
    fields = opened(editor, fact)
    editor.post(page_of(fact), fields | {"value": "200000"})
    refused = editor.post(page_of(fact), fields | {"value": "300000"})

    again = form_values(refused.context["adminform"].form)
    response = editor.post(page_of(fact), again)

    assert response.status_code == 302
    values = [entry.new["value"] for entry in LedgerEntry.objects.filter(kind="fact").in_order()]
    assert values == [128_000, 200_000, 300_000]


def test_a_fact_that_nobody_changed_is_saved(editor, fact):
    response = editor.post(page_of(fact), opened(editor, fact) | {"value": "200000"})

    fact.refresh_from_db()
    assert (response.status_code, fact.number) == (302, 200_000)


def test_a_fact_is_added_on_its_own_page(editor):
    tool, kind = make_tool(), make_fact_kind("text")
    fields = {"tool": tool.pk, "kind": kind.pk, "value": "MIT"}
    fields |= {"source_url": "https://source.example/", "observed_on": "2026-06-01"}

    response = editor.post(reverse("admin:tools_fact_add"), fields)

    assert response.status_code == 302
    assert tool.facts.get().text == "MIT"
