"""Two tabs of the admin on one row: the second save is refused, with what was typed still in its fields."""

import pytest
from django.urls import reverse

from tests.admin_client import form_values, make_staff, sign_in
from tests.factories import make_category, make_fact_kind, make_reviewer
from tools.models import SearchSynonym

pytestmark = pytest.mark.django_db

ROWS = {
    "tools_category": (lambda: make_category(name="Coding"), "name"),
    "tools_factkind": (lambda: make_fact_kind(name="Licence"), "name"),
    "tools_searchsynonym": (
        lambda: SearchSynonym.objects.create(term="rag", stands_for="retrieval"),
        "stands_for",
    ),
    "reviews_reviewer": (lambda: make_reviewer("Bo"), "name"),
}


@pytest.fixture(params=ROWS)
def tabs(request):
    """A row, the name of a field, what a page of it sends, and a function that sends it changed."""
    make, name = ROWS[request.param]
    row = make()
    page = reverse(f"admin:{request.param}_change", args=[row.pk])
    editor = sign_in(make_staff("Editor"))
    opened = form_values(editor.get(page).context["adminform"].form)

    def save(value, fields=None):
        response = editor.post(page, (fields or opened) | {name: value})
        row.refresh_from_db()
        return response

    return row, name, save


def test_the_second_save_is_refused_and_keeps_what_was_typed(tabs):
    row, name, save = tabs
    label = row._meta.get_field(name).verbose_name.capitalize()
    assert save("First tab").status_code == 302

    refused = save("Second tab")

    assert refused.context["adminform"].form.non_field_errors() == [
        f"This {row._meta.verbose_name} changed after you opened this page, so nothing was saved. "
        "What you typed is still here. Save again to keep yours.",
        f"{label} is now “First tab”.",
    ]
    assert "What you typed is still here." in refused.text
    assert refused.context["adminform"].form[name].value() == "Second tab"
    assert getattr(row, name) == "First tab"


def test_saving_again_keeps_the_second_tabs(tabs):
    row, name, save = tabs
    save("First tab")
    refused = form_values(save("Second tab").context["adminform"].form)

    assert save("Second tab", refused).status_code == 302
    assert getattr(row, name) == "Second tab"


def test_a_page_that_nobody_else_saved_is_saved(tabs):
    row, name, save = tabs

    assert save("One tab").status_code == 302
    assert getattr(row, name) == "One tab"
