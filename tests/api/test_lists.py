"""Lists in parts: cursors are stable while rows come and go; the change log since a cursor and of one tool."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import make_category, make_reviewer, make_tool, publish_review
from tools.actions import change_tool, unpublish_tool
from tools.models import LedgerEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def tool():
    return make_tool(slug="alpha", name="Alpha")


def all_items(client, url):
    items = []
    while url:
        answer = client.get(url).json()
        items += answer["items"]
        url = answer["next"]
    return items


@pytest.mark.parametrize("cursor", ["999999999999999999", "0"])
def test_a_cursor_beyond_the_end_is_the_end(client, tool, cursor):
    for path in ["tools/", "reviews/", "tools/alpha/votes/"]:
        answer = client.get(f"/api/v1/{path}?cursor={cursor}").json()
        assert answer["next"] is None
        assert len(answer["items"]) == (path == "tools/" and cursor == "0")
    beyond = client.get(f"/api/v1/ledger/?cursor=99999999999999999-{'f' * 32}")
    assert (beyond.status_code, beyond.json()["items"]) == (200, [])


def test_the_parts_of_a_list_are_the_list_though_a_tool_is_withdrawn_between(client):
    tools = [make_tool() for _ in range(4)]
    first = client.get("/api/v1/tools/?limit=2").json()
    unpublish_tool(tool=tools[1], reason="A duplicate.")

    rest = all_items(client, first["next"])

    assert [item["slug"] for item in rest] == [tool.slug for tool in tools[2:]]


def test_the_parts_of_a_list_are_the_list_though_a_tool_is_added_between(client):
    category, other = make_category(slug="coding"), make_category()
    tools = [make_tool(category=category) for _ in range(3)]
    make_tool(category=other)
    first = client.get("/api/v1/tools/?limit=2&category=coding").json()
    new = make_tool(category=category)

    rest = all_items(client, first["next"])

    assert len(first["items"]) == 2
    assert "limit=2" in first["next"]
    slugs = [item["slug"] for item in first["items"] + rest]
    assert slugs == [tool.slug for tool in [*tools, new]]


def test_reviews_are_listed_with_every_revision_of_published_tools_only(client):
    ada, tool = make_reviewer("Ada"), make_tool(slug="alpha")
    publish_review(tool, ada, 80)
    publish_review(tool, ada, 60, "skip", reason="It crashed.")
    hidden = make_tool(published=False)
    publish_review(hidden, ada, 10, "skip")

    items = all_items(client, "/api/v1/reviews/?limit=1")

    assert [(item["revision"], item["score"], item["reason"]) for item in items] == [
        (1, 80, ""),
        (2, 60, "It crashed."),
    ]
    assert client.get("/api/v1/tools/alpha/reviews/").json() == items[::-1]


def test_the_change_log_goes_on_from_since(client, monkeypatch, tool):
    now = timezone.now
    monkeypatch.setattr("django.utils.timezone.now", lambda: now() + timedelta(minutes=1))
    first = client.get("/api/v1/ledger/").json()
    tool.pricing = "$ 9"
    change_tool(tool=tool, reason="They said so.")
    monkeypatch.setattr("django.utils.timezone.now", lambda: now() + timedelta(minutes=3))

    answer = client.get(f"/api/v1/ledger/?cursor={first['since']}").json()

    assert [entry["kind"] for entry in first["items"]] == ["added"]
    (entry,) = answer["items"]
    assert (entry["kind"], entry["new"], entry["reason"]) == ("pricing", "$ 9", "They said so.")
    assert entry["text"] == "Price: was Free of charge, now $ 9"
    assert client.get(f"/api/v1/ledger/?cursor={answer['since']}").json() == {
        "items": [],
        "next": None,
        "since": answer["since"],
    }


def test_the_newest_entries_wait_until_no_older_one_can_follow(client, tool):
    assert client.get("/api/v1/ledger/").json()["items"] == []


def test_the_parts_of_the_change_log_split_no_event(client, monkeypatch, tool):
    tool.pricing, tool.tagline = "$ 9", "Does another thing."
    change_tool(tool=tool, reason="They said so.")
    now = timezone.now
    monkeypatch.setattr("django.utils.timezone.now", lambda: now() + timedelta(minutes=1))

    items = all_items(client, "/api/v1/ledger/?limit=1")

    assert sorted(item["kind"] for item in items) == ["added", "pricing", "tagline"]
    assert len({item["event"] for item in items}) == 2


def test_the_change_log_of_one_tool_has_its_entries_only(client, monkeypatch, tool):
    make_tool(slug="other")
    tool.pricing = "$ 9"
    change_tool(tool=tool, reason="They said so.")
    tool.slug = "beta"
    change_tool(tool=tool, reason="A new name.")
    now = timezone.now
    monkeypatch.setattr("django.utils.timezone.now", lambda: now() + timedelta(minutes=1))

    for slug, limit in [("beta", 1), ("beta", 2), ("alpha", 2)]:  # also by its old slug
        items = all_items(client, f"/api/v1/ledger/?limit={limit}&tool={slug}")
        assert [(item["tool"], item["kind"]) for item in items] == [
            ("beta", "added"),
            ("beta", "pricing"),
            ("beta", "slug"),
        ]
    assert client.get("/api/v1/ledger/?tool=none").json()["detail"] == "No tool has this slug."


def test_an_event_of_two_tools_is_in_the_change_log_of_each_with_its_own_entries(
    client, monkeypatch, tool
):
    other = make_tool(slug="other")
    shared = LedgerEntry.objects.get(tool=tool)
    entry = LedgerEntry.objects.get(tool=other)
    entry.pk, entry.event, entry.at = None, shared.event, shared.at
    entry.save(force_insert=True)
    now = timezone.now
    monkeypatch.setattr("django.utils.timezone.now", lambda: now() + timedelta(minutes=1))

    items = client.get("/api/v1/ledger/?tool=alpha").json()["items"]

    assert [item["tool"] for item in items] == ["alpha"]


def test_a_part_that_ends_with_the_last_row_is_the_last_part(client):
    for _ in range(2):
        make_tool()

    answers = [client.get(f"/api/v1/tools/?limit={limit}").json() for limit in (1, 2, 3)]

    assert [answer["next"] is None for answer in answers] == [False, True, True]
    assert [len(answer["items"]) for answer in answers] == [1, 2, 2]


def test_a_kept_change_log_grows_when_an_entry_is_old_enough(client, settings, monkeypatch):
    settings.PAGE_CACHE = True
    make_tool(slug="old", published_at=timezone.now() - timedelta(days=1))
    make_tool(slug="new")
    before = client.get("/api/v1/ledger/")
    now = timezone.now
    monkeypatch.setattr("django.utils.timezone.now", lambda: now() + timedelta(seconds=31))

    after = client.get("/api/v1/ledger/", headers={"If-None-Match": before["ETag"]})

    assert [entry["tool"] for entry in before.json()["items"]] == ["old"]
    assert [entry["tool"] for entry in after.json()["items"]] == ["old", "new"]
