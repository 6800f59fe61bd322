"""Addresses and forms that staff type by hand are answered in words, never by an error 500."""

import pytest
from django.urls import reverse

from tests.admin_client import make_staff, send, sign_in
from tests.factories import make_fact, make_fact_kind, make_reviewer, make_tool, publish_review

pytestmark = pytest.mark.django_db

ADD_FORMS = [
    ("tools_tool", "category"),
    ("tools_tool", "successor"),
    ("tools_tool", "status_date"),
    ("tools_fact", "tool"),
    ("tools_fact", "kind"),
    ("tools_fact", "observed_on"),
    ("reviews_reviewer", "user"),
    ("reviews_reviewer", "position"),
    ("tools_factkind", "value_type"),
]
LISTS = ["tools_tool", "tools_fact", "tools_factkind", "tools_category", "tools_ledgerentry",
         "reviews_review", "reviews_reviewer"]  # fmt: skip
STRANGE_QUERIES = [
    "id__exact=abc",
    "id=" + "9" * 30,
    "q=%00",
    "q=" + "(" * 500,
    "o=-99",
    "p=" + "9" * 30,
]
STRANGE_IDS = ["abc", "-1", "1.5", "٣", "9" * 19, "9" * 400]


@pytest.fixture
def superuser():
    return sign_in(make_staff(is_superuser=True))


@pytest.mark.parametrize("model, field", ADD_FORMS)
def test_an_add_form_opens_with_any_initial_value(superuser, model, field):
    address = reverse(f"admin:{model}_add")

    codes = {value: superuser.get(address, {field: value}).status_code for value in STRANGE_IDS}

    assert codes == dict.fromkeys(STRANGE_IDS, 200)


@pytest.mark.parametrize("model", LISTS)
def test_a_row_that_does_not_exist_leads_back_to_the_start(superuser, model):
    pages = [
        reverse(f"admin:{model}_{page}", args=[pk])
        for page in ("change", "history")
        for pk in STRANGE_IDS
    ]

    targets = {page: superuser.get(page).headers.get("Location") for page in pages}

    assert targets == dict.fromkeys(pages, reverse("admin:index"))


def test_a_row_that_does_not_exist_is_not_saved_either(superuser):
    for pk in STRANGE_IDS:
        page = reverse("admin:tools_tool_change", args=[pk])

        assert superuser.post(page, {"name": "Ada"}).status_code == 302


@pytest.mark.parametrize("model", LISTS)
def test_a_list_answers_any_query(superuser, model):
    address = reverse(f"admin:{model}_changelist")

    codes = {query: superuser.get(f"{address}?{query}").status_code for query in STRANGE_QUERIES}

    assert {query for query, code in codes.items() if code not in {200, 302, 400}} == set()


def test_a_fact_of_no_tool_is_refused_in_words(superuser):
    kind = make_fact_kind()
    fields = {"kind": kind.pk, "value": "MIT", "source_url": "https://source.example/"}
    address = reverse("admin:tools_fact_add")

    for tool in [*STRANGE_IDS, "a\0b", ""]:
        response = superuser.post(address, fields | {"tool": tool, "observed_on": "2026-11-01"})

        assert response.status_code == 200
        assert list(response.context["adminform"].form.errors) == ["tool"]


def test_a_second_fact_of_a_kind_is_refused_in_words(superuser):
    tool, kind = make_tool(), make_fact_kind()
    make_fact(tool, kind, "MIT")
    fields = {"tool": tool.pk, "kind": kind.pk, "value": "GPL"}

    response = superuser.post(
        reverse("admin:tools_fact_add"),
        fields | {"source_url": "https://source.example/", "observed_on": "2026-11-01"},
    )

    assert response.context["adminform"].form.errors == {
        "__all__": ["This tool already has a fact of this kind."]
    }


def test_a_tool_that_replaces_itself_is_refused_in_words(superuser):
    tool = make_tool()

    response = send(
        superuser, tool, status="discontinued", successor=tool.pk, ledger_reason="Gone."
    )

    assert response.context["adminform"].form.errors == {
        "successor": ["A tool cannot be its own successor."]
    }


@pytest.mark.parametrize("page", ["tools_tool_export", "tools_fact_export"])
def test_an_export_with_an_unknown_filter_says_so_on_the_list(superuser, page):
    for query in ["reviewer=x", "id__exact=abc", "nothing__here=1"]:
        response = superuser.get(f"{reverse(f'admin:{page}')}?{query}", follow=True)

        assert response.redirect_chain == [
            (reverse(f"admin:{page.replace('export', 'changelist')}"), 302)
        ]
        assert "Nothing was exported: the list has no such filter." in response.text


def test_other_pages_answer_any_query(superuser):
    publish_review(make_tool(), make_reviewer())

    for page in ["reviews/review/due/", "autocomplete/"]:
        for query in ["p=abc", "reviewer=%27", "reason=%27", "term=%00", "q=%00"]:
            code = superuser.get(f"/admin/{page}?{query}").status_code

            assert code in {200, 400, 403}
