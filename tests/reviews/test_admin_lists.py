from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.admin_client import make_staff, page_of, sign_in
from tests.factories import (
    make_category,
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tools.models import LedgerEntry

pytestmark = pytest.mark.django_db

TOOLS = "admin:tools_tool_changelist"


def queries(client, url):
    client.get(url)  # what a process does once
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def names(client, **query):
    return [tool.name for tool in client.get(reverse(TOOLS), query).context["cl"].result_list]


@pytest.mark.parametrize(
    "page, cost",
    [
        ("admin:tools_tool_changelist", 11),
        ("admin:reviews_review_changelist", 10),
        ("admin:reviews_review_due", 10),
        ("admin:tools_ledgerentry_changelist", 9),
        ("admin:tools_fact_changelist", 9),
        ("admin:reviews_reviewer_changelist", 8),
        ("admin:tools_tool_export", 8),
    ],
)
@pytest.mark.parametrize("rows", [1, 30])
def test_a_list_costs_the_same_for_one_row_and_for_thirty(editor, page, cost, rows):
    make_reviewer("Bo"), make_reviewer("Zoe")
    kind = make_fact_kind()
    for _ in range(rows):
        tool = make_tool(category=make_category())
        publish_review(tool, make_reviewer())
        make_fact(tool, kind, "MIT")

    assert queries(editor, reverse(page)) == cost


@pytest.mark.parametrize("facts", [1, 12])
def test_the_page_of_a_tool_costs_the_same_for_one_fact_and_for_twelve(editor, facts):
    tool = make_tool()
    for _ in range(facts):
        make_fact(tool, make_fact_kind(), "MIT")
        publish_review(tool, make_reviewer())

    assert queries(editor, page_of(tool)) == 14


def test_the_list_names_missing_reviewers_in_panel_order(editor):
    zoe, bo = make_reviewer("Zoe", position=2), make_reviewer("Bo", position=1)
    make_reviewer("Gone", is_active=False)
    ada, _ = make_tool(name="Ada"), make_tool(name="Bea")
    publish_review(ada, zoe, score=90)

    rows = editor.get(reverse(TOOLS)).context["cl"].result_list

    assert [(row.name, row.missing_reviewers, str(row.panel), row.panel.score) for row in rows] == [
        ("Ada", ["Bo"], "Ship", 90),
        ("Bea", ["Bo", "Zoe"], "Not reviewed yet", None),
    ]
    assert names(editor, missing=bo.pk) == ["Ada", "Bea"]
    assert names(editor, missing=zoe.pk) == ["Bea"]
    assert names(editor, missing="any") == ["Ada", "Bea"]


def test_the_list_is_filtered_by_verdict_and_by_publication(editor):
    shipped, skipped = make_tool(name="Ada"), make_tool(name="Bea", entry="paid")
    make_tool(name="Cy", published=False)
    publish_review(shipped, make_reviewer(), verdict="ship")
    publish_review(skipped, make_reviewer(), verdict="skip")

    assert names(editor, panel__verdict__exact="skip") == ["Bea"]
    assert names(editor, publication="draft") == ["Cy"]
    assert names(editor, publication="published") == ["Ada", "Bea"]
    assert names(editor, publication="scheduled") == []
    assert names(editor, entry__exact="paid") == ["Bea"]


@pytest.mark.parametrize("text", ["Ada", "ada-one", "squares"])
def test_the_list_is_searched_by_name_slug_and_tagline(editor, text):
    make_tool(name="Ada", slug="ada-one", tagline="It squares.")
    make_tool(name="Bea")

    assert names(editor, q=text) == ["Ada"]


@pytest.mark.parametrize(
    "query",
    ["p=-1", "p=abc", "p=99999999999999999999", "o=abc", "o=99", "missing=abc", "q=' ( :* !",
     "publication=no", "e=1", "category__id__exact=abc", "q=" + "x" * 3000],
)  # fmt: skip
def test_no_query_breaks_the_list(editor, query):
    make_tool()

    assert editor.get(f"{reverse(TOOLS)}?{query}", follow=True).status_code == 200


def test_the_start_page_lists_daily_work_first(editor):
    apps = editor.get(reverse("admin:index")).context["app_list"]

    assert [(app["name"], [str(model["name"]) for model in app["models"]]) for app in apps] == [
        ("Panel", ["Reviews due", "Reviews", "Reviewers"]),
        (
            "Catalogue",
            ["Tools", "Facts", "Fact kinds", "Categories", "Search synonyms", "Change log"],
        ),
        ("Votes", ["Votes", "Reasons", "Interventions"]),
        ("Newsletter", ["Issues"]),
    ]


def test_the_start_page_names_the_apps_of_libraries_in_words():
    root = sign_in(make_staff(is_superuser=True))

    apps = root.get(reverse("admin:index")).context["app_list"]

    assert [
        (app["name"], [str(model["name"]) for model in app["models"]]) for app in apps[-3:]
    ] == [
        ("Staff", ["Users", "Sign-in log"]),
        ("Staff groups", ["Groups"]),
        ("Background jobs", ["Jobs"]),
    ]


def test_times_have_24_hours_and_a_time_zone(editor):
    at = datetime(2026, 11, 1, 15, 4, tzinfo=UTC)
    LedgerEntry.objects.create(tool=make_tool(), kind="name", new="Ada", at=at)

    page = editor.get(reverse("admin:tools_ledgerentry_changelist")).content.decode()

    assert "1 Nov 2026, 15:04 UTC" in page


def test_jobs_and_sign_in_attempts_are_for_superusers(editor):
    root = sign_in(make_staff(is_superuser=True))
    urls = [
        reverse("admin:procrastinate_procrastinatejob_changelist"),
        reverse("admin:accounts_signinevent_changelist"),
        reverse("admin:accounts_user_changelist"),
    ]

    assert [editor.get(url).status_code for url in urls] == [403, 403, 403]
    assert [root.get(url).status_code for url in urls] == [200, 200, 200]
