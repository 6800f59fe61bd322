import re

import pytest
from django.http import HttpResponse

from accounts.models import Reader
from accounts.networks import network_hash
from accounts.readers import COOKIE, set_cookie
from tests.factories import make_tool
from tools.actions import unpublish_tool
from votes.actions import cast_vote

pytestmark = pytest.mark.django_db

NETWORK_ADDRESS = "192.0.2.7"


@pytest.fixture
def reader():
    return Reader.objects.create(network=network_hash(NETWORK_ADDRESS), nth_in_hour=1)


@pytest.fixture
def readers_client(client, reader):
    cookie = set_cookie(HttpResponse(), reader).cookies[COOKIE].value
    client.cookies[COOKIE] = cookie
    return client


def vote(reader, tool, choice="ship"):
    return cast_vote(reader=reader, tool=tool, choice=choice, network=network_hash(NETWORK_ADDRESS))


def test_a_stranger_gets_forms_and_no_cookie(client):
    make_tool(slug="ada")

    response = client.get("/me/?tools=ada")

    assert response.content.count(b'name="form_token"') == 3  # vote, bookmark, newsletter
    assert response.cookies == {}
    assert "no-store" in response["Cache-Control"]


def test_a_reader_gets_back_what_they_said(readers_client, reader):
    vote(reader, make_tool(slug="ada"), "skip")

    answer = readers_client.get("/me/?tools=ada").content.decode()

    assert "You said <strong>skip</strong>" in answer
    assert "Withdraw my vote" in answer


def test_nobody_gets_what_another_said(client, reader):
    vote(reader, make_tool(slug="ada"))

    assert "You said" not in client.get("/me/?tools=ada").content.decode()


def test_unknown_hidden_and_odd_slugs_are_left_out(client):
    make_tool(slug="ada")
    unpublish_tool(tool=make_tool(slug="hidden"), reason="A duplicate.")

    answer = client.get("/me/?tools=ada,hidden,nobody,,ädä,a'b").content.decode()

    assert answer.count("data-vote-box='") == 1


def test_sixty_tools_are_answered_and_one_more_is_refused(client):
    slugs = [make_tool().slug for _ in range(3)] + [f"unknown-{n}" for n in range(57)]

    assert client.get("/me/?tools=" + ",".join(slugs)).status_code == 200
    response = client.get("/me/?tools=" + ",".join([*slugs, "one-more"]))
    assert (response.status_code, response.content) == (400, b"At most 60 tools.")


@pytest.mark.parametrize("count", [1, 60])
def test_any_number_of_tools_takes_three_queries(
    readers_client, reader, django_assert_num_queries, count
):
    tools = [make_tool() for _ in range(count)]
    vote(reader, tools[0])
    address = "/me/?tools=" + ",".join(tool.slug for tool in tools)

    with django_assert_num_queries(3):
        assert readers_client.get(address).status_code == 200


def test_the_fragment_is_only_read(client):
    assert client.post("/me/?tools=ada", "", content_type="text/plain").status_code == 405


PAGES = ["/", "/tools/", "/tools/ada/", "/compare/ada-vs-bob/", "/compare/", "/changes/"]


@pytest.mark.parametrize("path", [*PAGES, "/reviewers/", "/method/"])
def test_a_public_page_is_the_same_bytes_for_two_readers(client, reader, path):
    ada, _ = make_tool(slug="ada"), make_tool(slug="bob")
    vote(reader, ada)
    before = client.get(path)

    client.cookies[COOKIE] = set_cookie(HttpResponse(), reader).cookies[COOKIE].value
    as_reader = client.get(path)

    assert as_reader.content == before.content
    assert as_reader.headers == before.headers
    assert as_reader.cookies == {}
    # Empty: the newsletter's form, whose token /me/ brings.
    assert re.findall(rb'name="form_token" value="([^"]*)"', as_reader.content) == [b""]


@pytest.mark.parametrize("path", ["/tools/", "/tools/ada/", "/compare/ada-vs-bob/"])
def test_a_page_shows_a_vote_at_once(client, reader, settings, path):
    settings.PAGE_CACHE = True
    ada, _ = make_tool(slug="ada"), make_tool(slug="bob")
    etag = client.get(path)["ETag"]

    vote(reader, ada)

    response = client.get(path, headers={"if-none-match": etag})
    assert response.status_code == 200
    assert b"1 ship / 0 skip" in response.content
