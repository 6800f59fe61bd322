"""What every list of the admin has from `web.admin_lists`."""

import pytest
from django.db import connection
from django.urls import reverse

from reviews.admin.tools import ToolAdmin
from tests.factories import make_reviewer, make_tool, publish_review
from web import desk_search

pytestmark = pytest.mark.django_db
TOOLS = reverse("admin:tools_tool_changelist")


def names(response):
    return [tool.name for tool in response.context["cl"].result_list]


def test_the_filters_say_how_many_are_set(editor):
    make_tool()

    none = editor.get(TOOLS).content.decode()
    two = editor.get(f"{TOOLS}?status__exact=active&publication=published").content.decode()

    assert "<summary>Filters</summary>" in none
    assert "<summary>Filters (2 set)</summary>" in two


def test_a_list_is_sorted_by_the_columns_of_indexes_only(editor):
    for name in ["Ada", "Bea", "Cy"]:
        publish_review(
            make_tool(name=name), make_reviewer(), {"Ada": 50, "Bea": 70, "Cy": 60}[name]
        )
    # The first column is for the actions.
    columns = ["", *ToolAdmin.list_display]

    by_name = editor.get(f"{TOOLS}?o=-{columns.index('name')}")
    by_score = editor.get(f"{TOOLS}?o=-{columns.index('score')}")

    assert names(by_name) == ["Cy", "Bea", "Ada"]
    assert names(by_score) == ["Ada", "Bea", "Cy"]


def test_a_list_that_takes_too_long_says_what_to_do(editor, monkeypatch):
    make_tool()
    slow = "SELECT pg_sleep(5)"
    monkeypatch.setattr("web.admin_lists.MOST_MILLISECONDS", 50)
    monkeypatch.setattr(
        "web.admin_lists.BoundedChangeList._found",
        lambda cl, request: connection.cursor().execute(slow),
    )

    response = editor.get(TOOLS)

    assert response.status_code == 200
    assert "took too long. Remove a filter" in response.content.decode()


def test_of_many_rows_with_a_word_some_are_sorted_and_all_are_exported(editor, monkeypatch):
    monkeypatch.setattr(desk_search, "MOST_CANDIDATES", 2)
    for number in range(4):
        make_tool(name=f"Agent {number}")
    make_tool(name="Agent 9", status="paused")

    listed = editor.get(f"{TOOLS}?q=agent")
    filtered = editor.get(f"{TOOLS}?q=agent&status__exact=paused")
    exported = editor.get(f"{reverse('admin:tools_tool_export')}?q=agent").content.decode()

    assert len(names(listed)) == 2
    assert names(filtered) == ["Agent 9"]
    assert exported.count("Agent ") == 5
