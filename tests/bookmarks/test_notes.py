import pytest

from bookmarks.actions import add_bookmark
from bookmarks.models import Bookmark
from tests.bookmarks.readers import HTMX, make_reader, post, sign_in
from tests.browsers import OwnOriginClient
from tests.factories import make_tool

pytestmark = pytest.mark.django_db
NOTE = "/bookmarks/note/ada/"


@pytest.fixture
def client(client, reader):
    add_bookmark(reader=reader, tool=make_tool(name="Ada", slug="ada"))
    return sign_in(client, reader)


def note():
    return Bookmark.objects.get().note


def test_a_note_is_saved_and_shown_to_its_reader_only(client):
    response = post(client, NOTE, {"note": "ask about\r\nthe price"})

    assert (response.status_code, response["Location"]) == (303, "/tools/ada/bookmark/")
    assert note() == "ask about\nthe price"
    assert "the price" in client.get("/bookmarks/").content.decode()
    assert "the price" not in OwnOriginClient().get("/bookmarks/").content.decode()


def test_htmx_gets_the_form_again_and_hears_that_it_is_saved(client):
    response = post(client, NOTE, {"note": "mine"}, **HTMX)

    assert response.status_code == 200
    assert "Note saved." in response.content.decode()
    assert "mine</textarea>" in response.content.decode()


def test_an_empty_note_takes_it_away(client):
    post(client, NOTE, {"note": "mine"})
    post(client, NOTE, {"note": "  "})

    assert note() == ""


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_note_of_10000_characters_is_refused_and_comes_back_in_the_field(client, headers):
    post(client, NOTE, {"note": "before"})

    response = post(client, NOTE, {"note": "x" * 10_000}, **headers)

    page = response.content.decode()
    assert response.status_code == 422
    assert "This note has 10000 characters, and 2000 is the most." in page
    assert "x" * 10_000 in page
    assert note() == "before"


def test_2000_characters_fit_however_the_browser_ends_lines(client):
    post(client, NOTE, {"note": "x\r\n" * 999 + "xy"})

    assert len(note()) == 2000


def test_a_note_on_a_bookmark_that_was_removed_comes_back_in_the_field(client):
    post(client, "/tools/ada/bookmark/remove/")

    response = post(client, NOTE, {"note": "typed for long"})

    assert response.status_code == 422
    assert "typed for long" in response.content.decode()
    assert "Bookmark the tool first" in response.content.decode()


def test_another_readers_note_is_neither_read_nor_written(client):
    post(client, NOTE, {"note": "mine"})
    other = sign_in(OwnOriginClient(), make_reader())

    response = post(other, NOTE, {"note": "theirs"})

    assert response.status_code == 422
    assert note() == "mine"
    assert "mine" not in other.get("/tools/ada/bookmark/").content.decode()


def test_a_foreign_page_writes_no_note(client):
    response = post(client, NOTE, {"note": "evil"}, origin="https://evil.example")

    assert response.status_code == 403
    assert note() == ""


def test_a_note_is_text_and_never_html(client):
    post(client, NOTE, {"note": "</textarea><script>alert(1)</script>"})

    assert "<script>alert" not in client.get("/bookmarks/").content.decode()
