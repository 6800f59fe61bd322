"""A withdrawn tool keeps a public page that says since when and why; lists and comparisons leave it out."""

import pytest

from reviews.actions import publish_tool
from tests.factories import make_reviewer, make_tool, publish_review
from tests.pages.reading import links, words
from tools.actions import change_tool, unpublish_tool
from tools.models import Tool

pytestmark = pytest.mark.django_db
REASON = "It is a copy of Bea."


@pytest.fixture
def ada():
    tool = make_tool(name="Ada", slug="ada")
    publish_review(tool, make_reviewer("Builder"), 80)
    for name in ("Bea", "Cid"):
        make_tool(name=name, slug=name.lower())
    unpublish_tool(tool=tool, reason=REASON)
    return tool


def test_its_page_says_when_and_why_with_history_and_vote_log(client, ada):
    response = client.get("/tools/ada/")

    text = words(response)
    assert response.status_code == 200
    assert f"Ada was withdrawn on {ada.withdrawn_at:%-d %B %Y} . Reason: {REASON}" in text
    assert "Withdrawn from the catalogue" in text
    assert "Builder reviewed it: 80/100 · Ship" in text
    assert "/tools/ada/votes/" in links(response)
    assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert "canonical" not in response.content.decode()


def test_its_vote_log_and_its_old_address_work(client, ada):
    Tool.objects.filter(pk=ada.pk).update(slug="ada-two")

    assert client.get("/tools/ada-two/votes/").status_code == 200
    assert client.get("/tools/ada/")["Location"] == "/tools/ada-two/"


@pytest.mark.parametrize("address", ["/tools/", "/tools/?q=Ada", "/compare/?q=Ada", "/"])
def test_lists_and_pickers_leave_it_out(client, ada, address):
    page, _, _ = client.get(address).content.decode().partition("What changed")

    assert "/tools/ada/" not in page


def test_its_comparisons_are_gone_and_offer_the_rest(client, ada):
    response = client.get("/compare/ada-vs-bea-vs-cid/")

    assert response.status_code == 410
    assert f"Ada was withdrawn on {ada.withdrawn_at:%-d %B %Y} . Reason: {REASON}" in words(
        response
    )
    assert {"/tools/ada/", "/compare/bea-vs-cid/"} <= set(links(response))


def test_a_comparison_of_a_withdrawn_and_an_unknown_tool_names_both(client, ada):
    response = client.get("/compare/ada-vs-bea-vs-nobody/")

    assert response.status_code == 410
    assert "“ nobody ”" in words(response)


def test_no_vote_is_cast_on_it(client, ada):
    assert client.get("/tools/ada/vote/").status_code == 404


def test_published_again_it_is_as_before(client, ada):
    publish_tool(tool=ada)

    text = words(client.get("/tools/ada/"))
    assert "Published again" in text
    assert text.count("Added to the catalogue") == 1
    assert client.get("/compare/ada-vs-bea/").status_code == 200


def test_its_page_is_kept_until_it_changes(client, ada):
    etag = client.get("/tools/ada/")["ETag"]
    assert client.get("/tools/ada/", headers={"if-none-match": etag}).status_code == 304

    ada.name = "Ada Two"
    change_tool(tool=ada)

    answer = client.get("/tools/ada/", headers={"if-none-match": etag})
    assert "Ada Two was withdrawn" in words(answer)


def test_a_draft_has_no_page(client):
    make_tool(slug="draft", published=False)
    make_tool(slug="bea")

    for address in ("/tools/draft/", "/tools/draft/votes/", "/compare/bea-vs-draft/"):
        assert client.get(address).status_code == 404
