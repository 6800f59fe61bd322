"""What staff do with many rows of a list: a page that says what will change, then one transaction per row."""

from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from tests.admin_client import make_staff, messages_of, sign_in
from tests.factories import make_category, make_fact, make_fact_kind, make_reviewer, make_tool
from tools.models import LedgerEntry
from web import bulk_actions

pytestmark = pytest.mark.django_db

TOOLS, FACTS = "admin:tools_tool_changelist", "admin:tools_fact_changelist"


def act(client, action, rows, *, page=TOOLS, confirmed=True, **fields):
    data = {"action": action, "_selected_action": [row.pk for row in rows]} | fields
    if confirmed:
        data["confirmed"] = "1"
    return client.post(reverse(page), data)


def reasons(tool):
    return [(entry.kind, entry.reason) for entry in tool.ledger.exclude(kind="added")]


def stored(*rows):
    for row in rows:
        row.refresh_from_db()
    return rows


def test_the_page_says_what_will_change_and_changes_nothing(publisher):
    tools = [make_tool(published=False), make_tool(published=False, tagline=""), make_tool()]

    page = act(publisher, "publish_tools", tools, confirmed=False)

    assert [(now, problem) for _, now, problem in page.context["plans"]] == [
        ("Draft", ""),
        ("Draft", "tagline missing."),
        ("Published", "It is published already."),
    ]
    assert "Publish tools: 1 row" in page.content.decode()
    assert [tool.published_at is None for tool in stored(*tools)] == [True, True, False]


def test_complete_tools_are_published_and_the_others_named(publisher):
    ada, bea, cy = (make_tool(name=name, published=False) for name in ["Ada", "Bea", "Cy"])
    bea.tagline = bea.skip_if = ""
    bea.save()

    response = act(publisher, "publish_tools", [ada, bea, cy])

    assert [tool.is_published for tool in stored(ada, bea, cy)] == [True, False, True]
    assert messages_of(response) == [
        "2 tools published. 1 not: Bea: Not published: tagline, skip if missing."
    ]
    assert LogEntry.objects.filter(change_message="Publish tools.").count() == 2


def test_a_category_is_set_and_recorded_for_published_tools(publisher):
    old, new = make_category(), make_category()
    ada, bea, cy = make_tool(category=old), make_tool(category=old, published=False), make_tool()
    cy.category = new
    cy.save()

    response = act(publisher, "set_category", [ada, bea, cy], category=new.pk)

    assert {tool.category for tool in stored(ada, bea, cy)} == {new}
    assert (reasons(ada), reasons(bea)) == ([("category", "")], [])
    assert messages_of(response) == [f"2 tools changed. 1 not: {cy}: Nothing to change."]


def test_a_status_asks_for_one_reason(publisher):
    tools = [make_tool(), make_tool()]

    refused = act(publisher, "set_status", tools, status="paused")
    assert (refused.status_code, reasons(tools[0])) == (422, [])

    act(publisher, "set_status", tools, status="paused", reason="The company paused it.")

    assert [tool.status for tool in stored(*tools)] == ["paused", "paused"]
    assert [reasons(tool) for tool in tools] == [[("status", "The company paused it.")]] * 2


def test_a_status_date_in_the_future_is_refused(publisher):
    tool = make_tool()
    tomorrow = timezone.localdate() + timedelta(days=1)

    response = act(
        publisher, "set_status", [tool], status="paused", status_date=tomorrow, reason="Why."
    )

    assert response.status_code == 422
    assert "The date is in the future." in response.content.decode()
    assert stored(tool)[0].status == "active"


def test_what_is_refused_takes_no_other_tool_along(publisher, monkeypatch):
    ada, bea = make_tool(name="Ada", published=False), make_tool(name="Bea", published=False)
    bea.website = ""
    bea.save()

    act(publisher, "publish_tools", [bea, ada])

    assert [tool.is_published for tool in stored(ada, bea)] == [True, False]
    assert not LedgerEntry.objects.filter(tool=bea).exists()


def test_facts_keep_their_value_and_get_the_date_of_today(publisher):
    tool, kind = make_tool(), make_fact_kind()
    fact = make_fact(tool, kind, "MIT", observed_on=date(2025, 1, 1))
    fresh = make_fact(make_tool(), kind, "MIT")

    response = act(publisher, "check_facts", [fact, fresh], page=FACTS)

    assert [(each.value, each.observed_on) for each in stored(fact, fresh)] == [
        ("MIT", timezone.localdate())
    ] * 2
    assert messages_of(response) == [
        f"1 fact checked. 1 not: {fresh}: It was checked today already."
    ]
    assert [kind for kind, _ in reasons(tool)][-1:] == ["fact"]


def test_an_editor_cannot_publish(publisher):
    tool = make_tool(published=False)
    editor = sign_in(make_staff("Editor"))

    act(editor, "publish_tools", [tool])

    assert not stored(tool)[0].is_published
    assert "publish_tools" not in editor.get(reverse(TOOLS)).content.decode()


@pytest.mark.parametrize("action", ["publish_tools", "set_category", "set_status"])
def test_a_reviewer_changes_no_tool(action):
    tool, other = make_tool(published=False), make_category()
    user = make_staff("Reviewer")
    make_reviewer(user=user)

    act(sign_in(user), action, [tool], category=other.pk, status="paused", reason="Why.")

    assert (stored(tool)[0].is_published, tool.status) == (False, "active")
    assert tool.category != other


def test_more_than_the_limit_change_nothing(publisher, monkeypatch):
    monkeypatch.setattr(bulk_actions, "MOST_ROWS", 1)
    tools = [make_tool(published=False), make_tool(published=False)]

    response = act(publisher, "publish_tools", tools)

    assert messages_of(response) == [
        "Nothing changed: more than 1 rows are selected. Select fewer."
    ]
    assert [tool.is_published for tool in stored(*tools)] == [False, False]


def test_the_result_names_a_few_and_counts_the_others(publisher, monkeypatch):
    monkeypatch.setattr(bulk_actions, "MOST_NAMED", 1)
    tools = [make_tool(published=False, tagline="") for _ in range(3)]

    (message,) = messages_of(act(publisher, "publish_tools", tools))

    assert message.startswith("0 tools published. 3 not: ")
    assert message.count("tagline missing.") == 1
    assert message.endswith("And 2 others.")


@pytest.mark.parametrize("page, action", [(TOOLS, "publish_tools"), (FACTS, "check_facts")])
@pytest.mark.parametrize("pk", ["abc", "-1", "9" * 30, ""])
def test_an_id_that_is_no_number_is_refused(publisher, page, action, pk):
    data = {"action": action, "_selected_action": pk, "confirmed": "1"}

    assert publisher.post(reverse(page), data).status_code == 400


@pytest.mark.parametrize(
    "fields", [{"category": "abc"}, {"category": "9" * 30}, {"category": ""}, {}]
)
def test_a_category_that_is_none_is_refused(publisher, fields):
    assert act(publisher, "set_category", [make_tool()], **fields).status_code == 422
