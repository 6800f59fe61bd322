"""The drawer, and /bookmarks/ as a page."""

import re

import pytest
from django.utils import timezone

from bookmarks.actions import add_bookmark, remove_bookmark
from bookmarks.models import Bookmark
from tests.bookmarks.readers import make_reader, post, sign_in
from tests.browsers import OwnOriginClient
from tests.factories import make_category, make_reviewer, make_tool, publish_review
from tests.votes.ballots import HOME_NETWORKS
from tools.actions import unpublish_tool
from tools.models import Tool
from votes.actions import cast_vote
from votes.models import Tally

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client, reader):
    return sign_in(client, reader)


def save(reader, *names, **fields):
    tools = [make_tool(name=name, slug=name.lower(), **fields) for name in names]
    for tool in tools:
        add_bookmark(reader=reader, tool=tool)
    return tools


def names(response):
    return re.findall(
        r'class="bookmark-row__name"><a [^>]*><bdi>(.*?)</bdi>', response.content.decode()
    )


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.mark.parametrize("address", ["/bookmarks/", "/bookmarks/drawer/"])
def test_without_bookmarks_it_says_how_to_get_some(address):
    stranger = OwnOriginClient()

    response = stranger.get(address)

    assert response.status_code == 200
    assert "No bookmarks yet" in text(response)
    assert "Bookmark tools to save them for later." in text(response)
    assert dict(response.cookies) == {}
    assert "no-store" in response["Cache-Control"]


def test_it_lists_name_category_verdict_and_community(client, reader):
    category = make_category(name="Coding")
    (ada, _) = save(reader, "Ada", "Bob", category=category)
    publish_review(ada, make_reviewer())
    cast_vote(reader_id=reader.pk, slug="ada", choice="ship", networks=HOME_NETWORKS)

    drawer = text(client.get("/bookmarks/drawer/"))

    assert "Bob Coding Not reviewed yet No community votes yet" in drawer
    assert "Ada Coding Ship Readers: 1 ship / 0 skip" in drawer


def test_a_share_is_a_percentage_from_ten_votes(client, reader):
    (ada,) = save(reader, "Ada")
    Tally.objects.filter(tool=ada).update(ships=9, skips=1)

    assert "90% ship by readers" in text(client.get("/bookmarks/drawer/"))


@pytest.mark.parametrize("count", [1, 100])
@pytest.mark.parametrize("address", ["/bookmarks/drawer/", "/bookmarks/?order=verdict"])
def test_any_number_of_bookmarks_takes_two_queries(
    client, reader, django_assert_num_queries, count, address
):
    for tool in save(reader, *[f"T{n}" for n in range(count)]):
        Tool.objects.filter(pk=tool.pk).update(pricing="$1")

    with django_assert_num_queries(2):
        assert len(names(client.get(address))) == count


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("", ["Eve", "Bob", "Ada", "Cid"]),
        ("added", ["Eve", "Bob", "Ada", "Cid"]),
        ("name", ["Ada", "Bob", "Cid", "Eve"]),
        ("verdict", ["Cid", "Ada", "Bob", "Eve"]),
        ("' OR 1=1", ["Eve", "Bob", "Ada", "Cid"]),
    ],
)
def test_the_page_is_ordered_by_added_name_or_verdict(client, reader, order, expected):
    cid, ada, bob, _ = save(reader, "Cid", "Ada", "Bob", "Eve")
    reviewer = make_reviewer()
    publish_review(cid, reviewer, 90, "ship")
    publish_review(ada, reviewer, 70, "ship")
    publish_review(bob, reviewer, 95, "skip")

    assert names(client.get("/bookmarks/", {"order": order})) == expected


def test_ticked_ones_lead_to_the_canonical_comparison(client, reader):
    save(reader, "Zed", "Ada")

    response = client.get("/compare/?tools=zed&tools=ada&go=1")

    assert (response.status_code, response["Location"]) == (302, "/compare/ada-vs-zed/")


def test_a_removed_bookmark_is_gone_from_the_list(client, reader):
    (ada, _) = save(reader, "Ada", "Bob")

    remove_bookmark(reader=reader, tool=ada)

    assert names(client.get("/bookmarks/")) == ["Bob"]


@pytest.mark.parametrize("address", ["/bookmarks/", "/bookmarks/drawer/"])
def test_a_withdrawn_tool_stays_in_the_list_and_says_so(client, reader, address):
    (ada, _) = save(reader, "Ada", "Bob")

    unpublish_tool(tool=ada, reason="A duplicate.")

    response = client.get(address)
    assert names(response) == ["Bob", "Ada"]
    assert re.search(r"Withdrawn from the catalogue \d+ \w+ \d+ A duplicate\.", text(response))


def test_a_deleted_tool_leaves_the_list_with_a_line_that_says_so(client, reader):
    draft = make_tool(name="Ada", published=False)
    Bookmark.objects.create(reader=reader, tool=draft, saved_as="Ada")

    draft.delete()

    assert "No longer shown on this site: Ada" in text(client.get("/bookmarks/"))


def test_a_tool_that_comes_back_is_listed_again_with_its_note(client, reader):
    (ada,) = save(reader, "Ada")
    Bookmark.objects.update(note="mine")
    Tool.objects.filter(pk=ada.pk).update(published_at=None)
    assert names(client.get("/bookmarks/")) == []

    Tool.objects.filter(pk=ada.pk).update(published_at=timezone.now())

    assert names(client.get("/bookmarks/")) == ["Ada"]
    assert "mine" in text(client.get("/bookmarks/"))


def test_the_bookmarks_of_what_is_gone_can_be_removed(client, reader):
    ada, _ = save(reader, "Ada", "Bob")
    Tool.objects.filter(pk=ada.pk).update(published_at=None)

    post(client, "/bookmarks/gone/", origin="https://evil.example")
    assert Bookmark.objects.count() == 2
    response = post(client, "/bookmarks/gone/")

    assert response.status_code == 303
    assert Bookmark.objects.get().saved_as == "Bob"


def test_the_page_of_one_reader_shows_nothing_of_anothers(reader):
    save(reader, "Ada")
    other = sign_in(OwnOriginClient(), make_reader())

    assert names(other.get("/bookmarks/")) == []
    assert names(other.get(f"/bookmarks/?reader={reader.pk}")) == []


def test_the_fragment_of_every_page_shows_the_count_and_own_buttons(client, reader):
    save(reader, "Ada", "Bob")
    make_tool(slug="cid")

    page = client.get("/me/?tools=ada,cid").content.decode()

    assert '<span class="header__count">2</span>' in page
    assert re.findall(r'action="(/tools/[a-z]+/bookmark/[a-z/]*)"', page) == [
        "/tools/ada/bookmark/remove/",
    ]


@pytest.mark.parametrize("tools", ["", "ada"])
def test_the_fragment_takes_at_most_three_queries(
    client, reader, django_assert_max_num_queries, tools
):
    save(reader, "Ada")
    cast_vote(
        reader_id=reader.pk, slug=Tool.objects.get().slug, choice="ship", networks=HOME_NETWORKS
    )

    with django_assert_max_num_queries(3):
        assert b'header__count">1<' in client.get("/me/", {"tools": tools}).content
