import json

import pytest

from accounts.models import RateLimit, Reader
from accounts.readers import COOKIE
from bookmarks.actions import add_bookmark, write_note
from bookmarks.models import Bookmark
from tests.bookmarks.readers import HTMX, make_reader, post, sign_in
from tests.browsers import OwnOriginClient
from tests.factories import make_tool
from tools.actions import unpublish_tool

pytestmark = pytest.mark.django_db
ADD, REMOVE = "/tools/ada/bookmark/", "/tools/ada/bookmark/remove/"


@pytest.fixture(autouse=True)
def tool():
    return make_tool(name="Ada", slug="ada")


@pytest.fixture
def client(client, reader):
    return sign_in(client, reader)


def kept():
    return list(Bookmark.objects.filter(removed_at=None).values_list("reader", "tool__slug"))


def events(response):
    return json.loads(response["HX-Trigger"])


def test_a_plain_form_is_answered_with_the_way_to_the_page(client, reader):
    response = post(client, ADD)

    assert (response.status_code, response["Location"]) == (303, ADD)
    assert kept() == [(reader.pk, "ada")]
    assert "Remove bookmark" in client.get(ADD).content.decode()


def test_htmx_is_answered_with_every_place_that_shows_the_bookmark(client):
    response = post(client, ADD, **HTMX)

    page = response.content.decode()
    assert response.status_code == 200
    assert "data-bookmark='ada'" in page
    assert '<span class="header__count">1</span>' in page
    assert events(response) == {
        "announce": {"value": "Ada bookmarked."},
        "bookmarks-stored": {},
        "bookmarks-changed": {},
    }
    assert "no-store" in response["Cache-Control"]


def test_a_strangers_first_bookmark_makes_a_reader():
    stranger = OwnOriginClient()

    response = post(stranger, ADD)

    reader = Reader.objects.get()
    assert kept() == [(reader.pk, "ada")]
    assert response.cookies[COOKIE]["httponly"] and response.cookies[COOKIE]["samesite"] == "Lax"


def test_adding_twice_keeps_one(client, reader):
    first = post(client, ADD, **HTMX)
    again = post(client, ADD, **HTMX)

    assert (first.status_code, again.status_code) == (200, 200)
    assert kept() == [(reader.pk, "ada")]


def test_removing_twice_leaves_none_and_is_no_error(client):
    post(client, ADD)

    first = post(client, REMOVE, **HTMX)
    again = post(client, REMOVE, **HTMX)

    assert (first.status_code, again.status_code) == (200, 200)
    assert kept() == []
    assert events(again) == {
        "announce": {"value": "Ada removed from your bookmarks."},
        "bookmarks-stored": {},
    }
    assert "Undo" in first.content.decode()


def test_removing_from_the_list_without_javascript_leads_back_to_the_list(client):
    post(client, ADD)

    assert post(client, REMOVE, {"from": "list"})["Location"] == "/bookmarks/"
    assert post(client, REMOVE)["Location"] == ADD


def test_a_stranger_removes_nothing_and_stays_a_stranger():
    stranger = OwnOriginClient()

    response = post(stranger, REMOVE, **HTMX)

    assert (response.status_code, dict(response.cookies)) == (200, {})
    assert Reader.objects.count() == 0


def test_undo_brings_note_and_date_back(client, reader, tool):
    added = add_bookmark(reader=reader, tool=tool)
    write_note(reader=reader, tool=tool, note="try it")

    post(client, REMOVE)
    post(client, ADD)

    back = Bookmark.objects.get()
    assert (back.note, back.saved_at, back.removed_at) == ("try it", added.saved_at, None)


def test_one_reader_removes_no_bookmark_of_another(client, reader):
    post(client, ADD)
    other = sign_in(OwnOriginClient(), make_reader())

    post(other, REMOVE)

    assert kept() == [(reader.pk, "ada")]


@pytest.mark.parametrize("address", [ADD, REMOVE])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_did_not_come_from_our_page_changes_nothing(client, reader, tool, address, headers):
    if address == REMOVE:
        add_bookmark(reader=reader, tool=tool)
    before = kept()

    foreign = post(client, address, origin="https://evil.example", **headers)

    assert foreign.status_code == 403
    assert kept() == before


@pytest.mark.parametrize("address", [ADD, REMOVE])
def test_unknown_and_draft_tools_are_not_found(client, address):
    make_tool(slug="draft", published=False)

    for slug in ["draft", "nobody"]:
        assert post(client, address.replace("ada", slug)).status_code == 404
    assert client.get("/tools/draft/bookmark/").status_code == 404


def test_an_old_address_bookmarks_the_renamed_tool(client, reader, tool):
    tool.slug = "ada-two"
    tool.save()

    post(client, ADD)

    assert kept() == [(reader.pk, "ada-two")]


def test_a_hidden_tool_can_still_be_removed(client, reader, tool):
    add_bookmark(reader=reader, tool=tool)
    unpublish_tool(tool=tool, reason="A duplicate.")

    response = post(client, REMOVE)

    assert (response.status_code, response["Location"]) == (303, "/bookmarks/")
    assert kept() == []


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_the_501st_gets_a_clear_message_and_none_is_lost(client, reader, monkeypatch, headers):
    tools = [make_tool() for _ in range(3)]
    monkeypatch.setattr("bookmarks.actions.MOST_BOOKMARKS", 3)
    for tool in tools:
        add_bookmark(reader=reader, tool=tool)

    response = post(client, ADD, referer="http://testserver/tools/?page=2", **headers)

    assert response.status_code == 422
    assert "which is the most you can have" in response.content.decode()
    assert ('<a href="/tools/?page=2">Back to where you were</a>' in response.text) != bool(headers)
    assert len(kept()) == 3
    assert "Bookmark<" in response.content.decode()


def test_at_the_limit_a_bookmark_that_is_there_can_be_added_again(
    client, reader, tool, monkeypatch
):
    monkeypatch.setattr("bookmarks.actions.MOST_BOOKMARKS", 1)
    add_bookmark(reader=reader, tool=tool)

    assert post(client, ADD).status_code == 303


def test_removed_ones_leave_room(client, reader, monkeypatch):
    monkeypatch.setattr("bookmarks.actions.MOST_BOOKMARKS", 1)
    add_bookmark(reader=reader, tool=make_tool(slug="bob"))

    post(client, "/tools/bob/bookmark/remove/")

    assert post(client, ADD).status_code == 303
    assert kept() == [(reader.pk, "ada")]


def test_a_reader_who_was_forgotten_becomes_a_new_one(client, reader):
    reader.delete()

    response = post(client, ADD)

    assert response.status_code == 303
    assert kept() == [(Reader.objects.get().pk, "ada")]


def test_too_many_presses_get_a_429_that_says_when_to_come_back(client):
    post(client, ADD)
    RateLimit.objects.filter(name__startswith="writes:reader:").update(amount=0)

    response = post(client, REMOVE, **HTMX)

    assert (response.status_code, response["Retry-After"]) == (429, "6")
    assert events(response) == {"refused": {"value": "Too many changes. Try again in 6 seconds."}}
    assert len(kept()) == 1


@pytest.mark.parametrize("address", [REMOVE, "/bookmarks/seen/", "/bookmarks/gone/"])
def test_a_get_changes_nothing(client, address):
    assert client.get(address).status_code == 405
