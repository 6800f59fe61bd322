"""A bookmark is a watch: the changes of a tool since it was saved."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from bookmarks.actions import add_bookmark, mark_seen, remove_bookmark
from bookmarks.models import Bookmark
from bookmarks.queries import bookmark_counts, changes_of
from bookmarks.watch import changes_by_tool
from tests.bookmarks.readers import HTMX, make_reader, post, sign_in
from tests.browsers import OwnOriginClient
from tests.clock import Clock
from tests.factories import make_reviewer, make_tool, publish_review
from tests.pages.reading import words
from tools.actions import change_tool, unpublish_tool
from tools.models import LedgerEntry, Tool

pytestmark = pytest.mark.django_db


@pytest.fixture
def tool(reader):
    tool = make_tool(name="Ada", slug="ada", pricing="$10")
    add_bookmark(reader=reader, tool=tool)
    return tool


def change(tool, reason="", **fields):
    """As staff change it: the stored tool, through the action."""
    tool = Tool.objects.get(pk=tool.pk)
    for name, value in fields.items():
        setattr(tool, name, value)
    change_tool(tool=tool, reason=reason)


def changes(reader):
    return changes_by_tool(changes_of(reader.pk))


def lines(client, reader):
    return words(sign_in(client, reader).get("/bookmarks/"))


def test_nothing_that_was_told_before_it_was_saved_is_a_change(reader, tool):
    other = make_tool(slug="bob")
    change(other, pricing="$99")
    add_bookmark(reader=reader, tool=other)

    assert changes(reader) == {}


def test_a_verdict_that_changed_is_told_from_then_to_now(client, reader, tool):
    publish_review(tool, make_reviewer(), 40, "skip")
    add_bookmark(reader=reader, tool=tool)
    Bookmark.objects.update(saved_at=timezone.now(), seen_until=timezone.now())

    publish_review(tool, make_reviewer(), 80, "ship")
    publish_review(tool, make_reviewer(), 85, "ship")

    page = lines(client, reader)
    assert "Verdict: was Skip, now Ship" in page
    assert "2 new reviews" in page
    assert "Panel score: was 40.0, now 68.3" in page


def test_a_price_that_changed_twice_is_told_once(client, reader, tool):
    change(tool, pricing="$20")
    change(tool, pricing="$30")

    assert "Price: was $10, now $30" in lines(client, reader)


def test_a_change_says_in_which_year_it_was(client, reader, tool, monkeypatch):
    Clock(monkeypatch, datetime(2099, 2, 3, 12, tzinfo=UTC))

    change(tool, pricing="$20")

    assert "3 Feb 2099" in lines(client, reader)


def test_what_changed_back_is_said_to_be_as_before(client, reader, tool):
    change(tool, pricing="$20")
    change(tool, pricing="$10")

    assert "Price changed, and is $10 again" in lines(client, reader)


def test_a_discontinued_tool_names_what_to_use(client, reader, tool):
    change(tool, status="discontinued", successor=make_tool(name="Bob", slug="bob"))

    assert "Status: was Active, now Discontinued; use Bob" in lines(client, reader)


def test_a_successor_that_is_not_shown_is_not_named(client, reader, tool):
    change(tool, status="discontinued", successor=make_tool(name="Draft", published=False))

    assert "Draft" not in lines(client, reader)


def test_a_renamed_tool_follows(client, reader, tool):
    change(tool, name="Ada Two", slug="ada-two")

    page = lines(client, reader)
    assert "Ada Two" in page
    assert "saved as Ada" in page
    assert "Name: was Ada, now Ada Two" in page


def test_what_will_only_be_told_later_is_no_change_yet(reader, tool):
    LedgerEntry.objects.create(
        tool=tool, kind="pricing", new="$1", at=timezone.now() + timedelta(days=1)
    )

    assert changes(reader) == {}
    assert bookmark_counts(reader.pk) == {"kept": 1, "changed": 0}


def test_a_change_is_marked_until_it_is_marked_as_seen(client, reader, tool):
    change(tool, pricing="$20")
    assert bookmark_counts(reader.pk) == {"kept": 1, "changed": 1}
    assert "1 changed since you last looked" in lines(client, reader)
    assert "New Price: was" in lines(client, reader)

    mark_seen(reader=reader, until=timezone.now())

    page = lines(client, reader)
    assert bookmark_counts(reader.pk) == {"kept": 1, "changed": 0}
    assert "Price: was" in page
    assert "New Price" not in page
    assert "since you last looked" not in page


def test_what_is_told_after_the_list_was_made_stays_new(reader, tool):
    shown_at = timezone.now()
    change(tool, pricing="$20")

    mark_seen(reader=reader, until=shown_at)

    assert bookmark_counts(reader.pk)["changed"] == 1


def test_nobody_marks_the_future_as_seen(reader, tool):
    mark_seen(reader=reader, until=timezone.now() + timedelta(days=400))

    change(tool, pricing="$20")
    assert bookmark_counts(reader.pk)["changed"] == 1


def test_marking_as_seen_by_htmx_and_plain(client, reader, tool):
    change(tool, pricing="$20")
    sign_in(client, reader)
    until = timezone.now().isoformat()

    answer = post(client, "/bookmarks/seen/", {"until": until}, **HTMX)
    plain = post(client, "/bookmarks/seen/", {"until": until})

    assert (answer.status_code, plain.status_code) == (200, 303)
    assert b"header__changed" not in answer.content
    assert bookmark_counts(reader.pk)["changed"] == 0


@pytest.mark.parametrize("until", ["", "yesterday", "9999999-01-01", "2026-11-23T25:00"])
def test_a_time_that_is_none_marks_nothing(client, reader, tool, until):
    change(tool, pricing="$20")

    response = post(sign_in(client, reader), "/bookmarks/seen/", {"until": until})

    assert response.status_code == 422
    assert bookmark_counts(reader.pk)["changed"] == 1


def test_a_foreign_page_marks_nothing_as_seen(client, reader, tool):
    change(tool, pricing="$20")

    post(
        sign_in(client, reader),
        "/bookmarks/seen/",
        {"until": timezone.now().isoformat()},
        origin="https://evil.example",
    )

    assert bookmark_counts(reader.pk)["changed"] == 1


def test_removed_ones_tell_nothing(reader, tool):
    other = make_tool()
    add_bookmark(reader=reader, tool=other)
    change(tool, pricing="$20")
    change(other, pricing="$20")

    remove_bookmark(reader=reader, tool=tool)

    assert list(changes(reader)) == [other.pk]
    assert bookmark_counts(reader.pk) == {"kept": 1, "changed": 1}


def test_a_withdrawn_tool_stays_and_says_so(client, reader, tool):
    unpublish_tool(tool=tool, reason="It is a copy.")

    page = lines(client, reader)

    assert "Withdrawn on" in page
    assert "New Withdrawn from the catalogue" in page
    assert "It is a copy." in page
    assert "not shown on this site any more" not in page
    assert bookmark_counts(reader.pk) == {"kept": 1, "changed": 1}


@pytest.mark.parametrize("path", ["/bookmarks/", "/bookmarks/drawer/"])
def test_a_change_says_why(client, reader, tool, path):
    change(tool, pricing="$20", reason="The makers raised it.")

    page = words(sign_in(client, reader).get(path))

    assert re.search(r"Price: was \$10, now \$20 \d+ \w+ \d+ The makers raised it\.", page)


def test_a_reason_stands_once_with_the_weightiest_change(reader, tool):
    change(tool, pricing="$20", tagline="Dearer.", reason="A new owner.")
    change(tool, pricing="$30", reason="Again.")

    found = {str(change.kind): change.reasons for change in changes(reader)[tool.pk]}

    assert found == {"pricing": ["A new owner.", "Again."], "tagline": []}


def test_the_reason_of_a_review_says_whose_it_is(reader, tool):
    skeptic = make_reviewer("Skeptic")
    publish_review(tool, skeptic, 40, "skip")
    add_bookmark(reader=reader, tool=tool)
    Bookmark.objects.update(saved_at=timezone.now(), seen_until=timezone.now())

    publish_review(tool, skeptic, 80, "ship", reason="Exports work now.")

    reasons = [reason for change in changes(reader)[tool.pk] for reason in change.reasons]
    assert reasons == ["Skeptic: Exports work now."]


def test_nobody_sees_what_another_watches(client, reader, tool):
    change(tool, pricing="$20")

    assert changes(make_reader()) == {}
    assert "Ada" not in words(OwnOriginClient().get("/bookmarks/"))
    assert bookmark_counts(None) == {"kept": 0, "changed": 0}
