"""Badges: the present verdict in each style, honest where there is none, and right in any SVG reader."""

from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import pytest

from pages.share.badge import STYLES, badge_svg
from pages.share.standing import Standing
from tests.factories import make_reviewer, make_tool, publish_review
from tools.actions import change_tool, unpublish_tool
from web.lettering import outlines

pytestmark = pytest.mark.django_db

SHIP = Standing("ship", "Ship", "82.5", "4 ship / 1 skip", "")


def titles(response_or_text):
    content = getattr(response_or_text, "content", response_or_text)
    return [
        element.text for element in ElementTree.fromstring(content) if element.tag.endswith("title")
    ]


def reviewed_tool(**fields):
    tool = make_tool(name="Ada", slug="ada", **fields)
    publish_review(tool, make_reviewer("Builder"), 80, "ship")
    return tool


@pytest.mark.parametrize("style", STYLES)
def test_a_badge_says_the_verdict_with_its_counts(client, style):
    reviewed_tool()

    response = client.get(f"/tools/ada/badges/{style}.svg")

    assert response["Content-Type"] == "image/svg+xml"
    assert titles(response) == [
        "Ship or Skip, panel verdict on Ada: Ship, 80.0 out of 100, 1 ship / 0 skip"
    ]


def test_pages_of_other_sites_may_load_a_badge(client):
    reviewed_tool()

    response = client.get("/tools/ada/badges/small-light.svg")

    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_a_changed_verdict_changes_the_badge_at_once(client, settings):
    settings.PAGE_CACHE = True
    tool = reviewed_tool()
    before = client.get("/tools/ada/badges/large-dark.svg")

    publish_review(tool, tool.reviews.get().reviewer, 20, "skip", reason="It broke.")

    after = client.get(
        "/tools/ada/badges/large-dark.svg", headers={"If-None-Match": before["ETag"]}
    )
    assert titles(after) == [
        "Ship or Skip, panel verdict on Ada: Skip, 20.0 out of 100, 0 ship / 1 skip"
    ]


def test_a_badge_names_a_status_that_is_not_active(client):
    tool = reviewed_tool()
    tool.status = "discontinued"
    change_tool(tool=tool, reason="It ended.")

    (title,) = titles(client.get("/tools/ada/badges/small-light.svg"))

    assert title.endswith(", 1 ship / 0 skip, Discontinued")


def test_the_badge_of_a_withdrawn_tool_says_so(client):
    unpublish_tool(tool=reviewed_tool(), reason="It was a duplicate.")

    response = client.get("/tools/ada/badges/small-light.svg")

    assert titles(response) == ["Ship or Skip, panel verdict on Ada: Withdrawn"]


@pytest.mark.parametrize("slug", ["draft", "nothing"])
def test_the_badge_of_an_unknown_tool_or_a_draft_says_that_it_is_not_listed(client, slug):
    make_tool(slug="draft", published=False)

    response = client.get(f"/tools/{slug}/badges/small-light.svg")

    assert (response.status_code, titles(response)) == (404, ["Not listed"])
    assert response["Cache-Control"] == "no-store"


def test_an_old_slug_leads_to_the_badge_card_picture_and_page_of_the_new_one(client):
    tool = reviewed_tool()
    tool.slug = "lovelace"
    change_tool(tool=tool, reason="It was renamed.")

    for path in ("badges/small-dark.svg", "card/", "share.png", "share/"):
        response = client.get(f"/tools/ada/{path}")
        assert (response.status_code, response["Location"]) == (301, f"/tools/lovelace/{path}")


def test_a_name_with_markup_or_controls_leaves_the_badge_well_formed():
    (title,) = titles(badge_svg("large-light", SHIP, 'A<b> & "\x01\ufffe\u202e通义 🚀'))

    assert title == (
        'Ship or Skip, panel verdict on A<b> & "通义 🚀: Ship, 82.5 out of 100, 4 ship / 1 skip'
    )


def test_a_style_that_does_not_exist_is_not_found(client):
    reviewed_tool()

    for style in ("small", "small-light-x", "huge-light"):
        assert client.get(f"/tools/ada/badges/{style}.svg").status_code == 404


def test_threads_can_draw_their_first_badges_at_once():
    for cached in (outlines.outline, outlines._glyphs, outlines._font):
        cached.cache_clear()

    with ThreadPoolExecutor(8) as threads:
        drawn = set(threads.map(lambda _: badge_svg("large-light", SHIP, "Ada"), range(16)))

    assert len(drawn) == 1
