"""Bookmarking several tools with one form, and undoing it."""

import re
from urllib.parse import urlencode

import pytest

from accounts.models import Reader
from bookmarks import models
from bookmarks.models import Bookmark
from bookmarks.views import lists
from tests.bookmarks.readers import FORM, make_reader, sign_in
from tests.factories import make_tool
from tests.pages.reading import words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tools():
    return [make_tool(slug=slug, name=slug.title()) for slug in ["ada", "bob", "cleo"]]


def send(client, *slugs, address="/bookmarks/add/", **headers):
    body = urlencode([("tools", slug) for slug in slugs])
    return client.post(address, body, content_type=FORM, headers=headers)


def kept(reader):
    return sorted(Bookmark.objects.of(reader.pk).values_list("tool__slug", flat=True))


def undone(client, page):
    """Press the undo button of `page`; return whether there is one."""
    slugs = re.findall(r'name="tools" value="([^"]*)"', page.content.decode())
    return send(client, *slugs, address="/bookmarks/remove/") if slugs else None


def test_all_tools_are_bookmarked_once(client, reader):
    sign_in(client, reader)

    first = words(send(client, "ada", "bob", "ada"))
    again = words(send(client, "ada", "bob", "cleo"))

    assert "2 added ." in first
    assert "1 added , 2 already there." in again
    assert kept(reader) == ["ada", "bob", "cleo"]


def test_a_stranger_becomes_a_reader(client):
    send(client, "ada")

    assert kept(Reader.objects.get()) == ["ada"]


def test_undo_removes_only_what_was_added(client, reader):
    sign_in(client, reader)
    send(client, "ada")

    answer = undone(client, send(client, "ada", "bob", "cleo"))

    assert (answer.status_code, answer["Location"]) == (303, "/bookmarks/")
    assert kept(reader) == ["ada"]
    assert undone(client, send(client, "ada")) is None


def test_what_was_removed_comes_back_with_its_note(client, reader, tools):
    Bookmark.objects.create(reader=reader, tool=tools[0], saved_as="Ada", note="Mine")
    sign_in(client, reader)
    send(client, "ada", address="/bookmarks/remove/")
    assert kept(reader) == []

    send(client, "ada")

    assert reader.bookmarks.get().note == "Mine"
    assert kept(reader) == ["ada"]


def test_another_readers_bookmarks_stay(client, reader):
    other = make_reader()
    send(sign_in(client, other), "ada")

    send(sign_in(client, reader), "ada", address="/bookmarks/remove/")

    assert kept(other) == ["ada"]


def test_the_limit_of_bookmarks_is_said_in_words(client, reader, monkeypatch):
    monkeypatch.setattr("bookmarks.merging.MOST_BOOKMARKS", 2)
    sign_in(client, reader)

    said = words(send(client, "ada", "bob", "cleo"))

    assert "2 added" in said
    assert "Not added, because you can have 500 bookmarks at most (1):" in said
    assert len(kept(reader)) == 2


@pytest.mark.parametrize("slugs", [[], ["nobody"], ["x" * 10_000], ["draft"], ["ada\u202e"], ["%"]])
def test_a_form_without_a_public_tool_is_refused(client, slugs):
    make_tool(slug="draft", published=False)

    answer = send(client, *slugs)

    assert answer.status_code == 422
    assert lists.NO_TOOLS in words(answer)
    assert not Reader.objects.exists()


def test_no_more_tools_than_one_can_have_are_looked_at(client, reader):
    sign_in(client, reader)

    send(client, *["nobody"] * models.MOST_BOOKMARKS, "ada")

    assert kept(reader) == []


def test_other_sites_cannot_add_or_remove(client, reader):
    send(sign_in(client, reader), "ada")
    evil = {"origin": "https://evil.example"}

    answers = [
        send(client, "bob", **evil),
        send(client, "ada", address="/bookmarks/remove/", **evil),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert kept(reader) == ["ada"]
