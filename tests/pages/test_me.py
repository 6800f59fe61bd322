import re
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.utils import timezone

from accounts.models import Reader
from accounts.networks import network_hash, networks_of
from accounts.readers import COOKIE, set_cookie
from bookmarks.actions import add_bookmark, remove_bookmark
from tests.factories import make_tool
from tools.actions import unpublish_tool
from votes.actions import cast_vote
from votes.models import Reason, Vote

pytestmark = pytest.mark.django_db

NETWORK_ADDRESS = "192.0.2.7"


@pytest.fixture
def reader():
    return Reader.objects.create(network=network_hash(NETWORK_ADDRESS))


@pytest.fixture
def readers_client(client, reader):
    cookie = set_cookie(HttpResponse(), reader).cookies[COOKIE].value
    client.cookies[COOKIE] = cookie
    return client


def vote(reader, tool, choice="ship"):
    return cast_vote(
        reader_id=reader.pk, slug=tool.slug, choice=choice, networks=networks_of(NETWORK_ADDRESS)
    )[0]


def test_a_visitor_without_a_cookie_is_answered_without_a_query(client, django_assert_num_queries):
    make_tool(slug="ada")

    with django_assert_num_queries(0):
        response = client.get("/me/?tools=ada")

    assert (response.status_code, response.content, dict(response.cookies)) == (204, b"", {})
    assert "no-store" in response["Cache-Control"]


def test_a_forged_cookie_is_none(client, django_assert_num_queries):
    client.cookies[COOKIE] = "forged"

    with django_assert_num_queries(0):
        assert client.get("/me/?tools=ada").status_code == 204


def test_a_reader_without_anything_of_these_tools_gets_nothing(readers_client):
    make_tool(slug="ada")

    assert readers_client.get("/me/?tools=ada").status_code == 204


def test_only_what_is_the_readers_own_is_sent(readers_client, reader):
    ada, bob = make_tool(slug="ada"), make_tool(slug="bob")
    vote(reader, ada)
    add_bookmark(reader=reader, tool=bob)

    answer = readers_client.get("/me/?tools=ada,bob").content.decode()

    assert re.findall(r"data-vote-box='(\w+)'", answer) == ["ada"]
    assert re.findall(r"data-bookmark='(\w+)'", answer) == ["bob"]
    assert '<span class="header__count">1</span>' in answer


def test_a_reader_gets_back_what_they_said(readers_client, reader):
    vote(reader, make_tool(slug="ada"), "skip")

    answer = readers_client.get("/me/?tools=ada").content.decode()

    assert "You voted <strong>skip</strong>" in answer
    assert "Withdraw my vote" in answer


def test_nobody_gets_what_another_said(client, reader):
    vote(reader, make_tool(slug="ada"))

    assert "You voted" not in client.get("/me/?tools=ada").content.decode()


def test_again_sends_the_buttons_of_what_is_bookmarked_no_longer(readers_client, reader):
    ada, bob = make_tool(slug="ada"), make_tool(slug="bob")
    add_bookmark(reader=reader, tool=bob)
    remove_bookmark(reader=reader, tool=bob)
    vote(reader, ada)

    answer = readers_client.get("/me/?tools=ada,bob&again=1").content.decode()

    assert re.findall(r"data-vote-box='(\w+)'", answer) == ["ada"]
    assert re.findall(r"data-bookmark='(\w+)'", answer) == ["ada", "bob"]
    assert "Remove bookmark" not in answer
    assert "data-bookmark-count" in answer
    assert "header__count" not in answer


def test_again_answers_a_reader_whose_last_bookmark_is_gone(readers_client):
    response = readers_client.get("/me/?tools=&again=1")

    assert response.status_code == 200
    assert "data-bookmark-count" in response.content.decode()


def test_unknown_hidden_and_odd_slugs_are_left_out(readers_client, reader):
    hidden = make_tool(slug="hidden")
    vote(reader, make_tool(slug="ada"))
    vote(reader, hidden)
    unpublish_tool(tool=hidden, reason="A duplicate.")

    answer = readers_client.get("/me/?tools=ada,hidden,nobody,,ädä,a'b").content.decode()

    assert answer.count("data-vote-box='") == 1


def test_sixty_tools_are_answered_and_one_more_is_refused(readers_client, reader):
    tools = [make_tool() for _ in range(3)]
    vote(reader, tools[0])
    slugs = [tool.slug for tool in tools] + [f"unknown-{n}" for n in range(57)]

    assert readers_client.get("/me/?tools=" + ",".join(slugs)).status_code == 200
    response = readers_client.get("/me/?tools=" + ",".join([*slugs, "one-more"]))
    assert (response.status_code, response.content) == (400, b"At most 60 tools.")


@pytest.mark.parametrize("count", [1, 60])
def test_any_number_of_tools_takes_two_queries(
    readers_client, reader, django_assert_num_queries, count
):
    tools = [make_tool() for _ in range(count)]
    vote(reader, tools[0])
    address = "/me/?tools=" + ",".join(tool.slug for tool in tools)

    with django_assert_num_queries(2):
        assert readers_client.get(address).status_code == 200


def test_the_fragment_is_only_read(client):
    assert client.post("/me/?tools=ada", "", content_type="text/plain").status_code == 405


def headers_of(answer):
    """Return the headers apart from the one that differs in each answer."""
    return {name: value for name, value in answer.items() if name != "X-Request-ID"}


PAGES = ["/", "/tools/", "/tools/ada/", "/compare/ada-vs-bob/", "/compare/", "/changes/"]


@pytest.mark.parametrize("path", [*PAGES, "/reviewers/", "/method/"])
def test_a_public_page_is_the_same_bytes_for_two_readers(client, reader, path, monkeypatch):
    ada, _ = make_tool(slug="ada"), make_tool(slug="bob")
    vote(reader, ada)
    now = timezone.now()  # a list has another ETag every five seconds
    monkeypatch.setattr("web.page_validator.timezone.now", lambda: now)
    before = client.get(path)

    client.cookies[COOKIE] = set_cookie(HttpResponse(), reader).cookies[COOKIE].value
    as_reader = client.get(path)

    assert as_reader.content == before.content
    assert headers_of(as_reader) == headers_of(before)
    assert as_reader.cookies == {}


def test_a_list_shows_a_vote_five_seconds_later(client, reader, settings, monkeypatch):
    settings.PAGE_CACHE = True
    ada = make_tool(slug="ada")
    now = (timezone.now() + timedelta(minutes=1)).replace(second=11)
    monkeypatch.setattr("web.page_validator.timezone.now", lambda: now)
    etag = client.get("/tools/")["ETag"]
    vote(reader, ada)
    assert client.get("/tools/", headers={"if-none-match": etag}).status_code == 304

    now += timedelta(seconds=5)

    assert b"1 ship / 0 skip" in client.get("/tools/").content


@pytest.mark.parametrize("path", ["/tools/ada/", "/compare/ada-vs-bob/"])
def test_a_page_shows_a_vote_at_once(client, reader, settings, path):
    settings.PAGE_CACHE = True
    ada, _ = make_tool(slug="ada"), make_tool(slug="bob")
    etag = client.get(path)["ETag"]

    vote(reader, ada)

    response = client.get(path, headers={"if-none-match": etag})
    assert response.status_code == 200
    assert b"1 ship / 0 skip" in response.content


def test_a_comparison_follows_the_reasons_that_readers_give_and_their_names(
    client, reader, settings
):
    settings.PAGE_CACHE = True
    ada, _ = make_tool(slug="ada"), make_tool(slug="bob")
    quality = Reason.objects.get_or_create(side="ship", slug="quality")[0]
    for _ in range(10):
        another = Reader.objects.create(network=bytes(16))
        Vote.objects.create(reader=another, tool=ada, choice="ship", network=bytes(16))
    assert "Ship for" not in client.get("/compare/ada-vs-bob/").content.decode()

    Vote.objects.update(reason=quality)
    before = client.get("/compare/ada-vs-bob/").content.decode()
    Reason.objects.filter(pk=quality.pk).update(label="Craft")
    after = client.get("/compare/ada-vs-bob/").content.decode()

    assert f"Ship for {quality.label.lower()}" in before
    assert "Ship for craft" in after


@pytest.mark.parametrize("path", PAGES)
def test_a_public_page_holds_forms_that_work_on_the_first_visit(client, path):
    make_tool(slug="ada"), make_tool(slug="bob")

    page = client.get(path).content.decode()

    posts = set(re.findall(r'<form [^>]*method="post" action="([^"]+)"', page))
    assert "/newsletter/" in posts
    if path in {"/tools/", "/tools/ada/", "/compare/ada-vs-bob/"}:
        assert "/tools/ada/bookmark/" in posts
    assert ("/tools/ada/vote/" in posts) == (path in {"/tools/ada/", "/compare/ada-vs-bob/"})
