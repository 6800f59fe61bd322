from io import BytesIO

import pytest
from PIL import Image
from protego import Protego

SITE = "https://ship.example"


@pytest.fixture
def robots(client, settings):
    settings.SITE_URL = SITE
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    return Protego.parse(response.text)


def test_it_names_the_sitemap(robots):
    assert list(robots.sitemaps) == [f"{SITE}/sitemap.xml"]


@pytest.mark.parametrize("path", [
    "/", "/tools/", "/tools/?page=2", "/tools/?category=editors", "/tools/zed/", "/tools/zed/votes/",
    "/categories/editors/?page=3", "/compare/", "/compare/ada-vs-zed/", "/changes/?before=1",
    "/reviewers/ada/", "/newsletter/issues/1/", "/sitemap.xml", "/static/css/site.css",
])  # fmt: skip
def test_what_readers_look_for_may_be_fetched(robots, path):
    assert robots.can_fetch(SITE + path, "AnyBot")


@pytest.mark.parametrize("path", [
    "/admin/", "/me/?tools=zed", "/bookmarks/", "/bookmarks/feed/x/", "/preview/tools/1/",
    "/tools/suggest/?q=a", "/tools/?q=agent", "/tools/?entry=free&q=agent", "/tools/?entry=free&sort=name",
    "/tools/zed/vote/?choice=ship", "/tools/zed/?on=2026-10-01", "/tools/zed.md?on=2026-10-01", "/tools/zed/bookmark/", "/compare/?tools=ada", "/compare/ada-vs-zed/?diff=1",
    "/changes/?kind=score&tool=zed",
])  # fmt: skip
def test_what_is_personal_or_has_no_end_may_not(robots, path):
    assert not robots.can_fetch(SITE + path, "AnyBot")


def test_browsers_find_an_icon_where_they_look(client):
    response = client.get("/favicon.ico")

    icon = Image.open(BytesIO(b"".join(response.streaming_content)))
    assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}
