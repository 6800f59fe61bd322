"""What pages of other sites show of ours: pictures beside links, the card, and the page with the snippets."""

import html
import re
from io import BytesIO

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from pages.share.canvas import slug_monogram
from pages.share.pictures import comparison_picture, tool_picture
from tests.factories import make_category, make_reviewer, make_tool, publish_review
from tools.actions import unpublish_tool
from votes.tools_on_record import tools_on_record

pytestmark = pytest.mark.django_db

NAMES = [
    "Aider",
    "The Extraordinarily Long-Named Enterprise Assistant " + "x" * 60,
    "通义千问 大型语言模型",
    "مساعد الذكاء الاصطناعي AI",
    "🚀 Rocket 👩‍💻",
    "\u0378",
    "𒀀𒀁𒀂",
]


@pytest.fixture
def tools():
    category = make_category(name="Coding")
    panel = [make_reviewer(name) for name in ("Builder", "Skeptic")]
    tools = [make_tool(slug=slug, name=slug.title(), category=category) for slug in "abcd"]
    for reviewer in panel:
        publish_review(tools[0], reviewer, 80, "ship")
        publish_review(tools[1], reviewer, 30, "skip")
    return tools


@pytest.fixture
def page_cache(settings):
    settings.PAGE_CACHE = True
    caches["pages"].clear()
    yield
    caches["pages"].clear()


def size_of(png):
    image = Image.open(BytesIO(png))
    image.load()
    return image.format, image.size


def metas(response):
    """{property or name: content} of the page's head."""
    found = re.findall(
        r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', response.content.decode()
    )
    assert len({name for name, _ in found}) == len(found), "a tag stands twice"
    return {name: html.unescape(content) for name, content in found}


@pytest.mark.parametrize(
    "path", ["/share.png", "/tools/a/share.png", "/compare/a-vs-b-vs-c-vs-d/share.png"]
)
def test_a_picture_has_the_size_that_its_page_declares(client, tools, path):
    response = client.get(path)

    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert size_of(response.content) == ("PNG", (1200, 630))
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize("name", NAMES)
def test_any_name_can_be_drawn_without_a_font_of_the_system(tools, settings, tmp_path, name):
    settings.FONTS_DIR = tmp_path
    on_record = list(tools_on_record(["a", "b", "c", "d"]))
    for tool in on_record:
        tool.name = tool.tagline = name

    for picture in (
        tool_picture(on_record[0], None),
        comparison_picture(on_record[:2]),
        comparison_picture(on_record),
    ):
        assert size_of(picture) == ("PNG", (1200, 630))
        assert len(picture) < 60_000


def test_a_name_that_no_font_can_draw_is_shown_by_the_monogram_of_its_slug(
    settings, tmp_path, tools
):
    settings.FONTS_DIR = tmp_path
    (tool,) = tools_on_record(["a"])
    tool.slug = "sign-bot-3"

    tool.name = "𒀀𒀁𒀂"
    unknown = tool_picture(tool, None)
    tool.name = slug_monogram("sign-bot-3")

    assert tool.name == "SB"
    assert tool_picture(tool, None) == unknown


def test_a_picture_is_drawn_once_and_changes_with_the_verdict_at_once(client, page_cache, tools):
    first = client.get("/tools/a/share.png")
    with CaptureQueriesContext(connection) as queries:
        again = client.get("/tools/a/share.png", headers={"Accept-Encoding": "br, gzip"})
    unchanged = client.get("/tools/a/share.png", headers={"If-None-Match": first["ETag"]})

    publish_review(tools[0], make_reviewer("Founder"), 5, "skip")

    assert (len(queries), again.content, unchanged.status_code) == (0, first.content, 304)
    assert "Content-Encoding" not in again.headers
    changed = client.get("/tools/a/share.png", headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed.content != first.content


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("tools/a/share.png", 2),
        ("tools/a/badges/small-light.svg", 1),
        ("tools/a/card/", 1),
        ("tools/a/share/", 2),
        ("compare/a-vs-b-vs-c-vs-d/share.png", 2),
    ],
)
def test_each_costs_a_constant_number_of_queries(client, settings, tools, path, queries):
    settings.PAGE_CACHE = False
    client.get(f"/{path}")

    with CaptureQueriesContext(connection) as captured:
        client.get(f"/{path}")

    assert len(captured) == queries


def test_a_network_may_only_have_so_many_pictures_drawn(client, settings, tools):
    settings.READ_LIMIT_NETWORK = (2, 1)

    statuses = [client.get(f"/tools/{slug}/share.png").status_code for slug in "abcd"]

    assert statuses == [200, 200, 429, 429]


@pytest.mark.parametrize(
    "path",
    [
        "compare/b-vs-a", "compare/a-vs-a", "compare/a", "compare/a-vs-nothing", "compare/-vs-", "compare/A-vs-b",
        "compare/a-vs-b-vs-c-vs-d-vs-e", "tools/nothing", "tools/%F0%9F%9A%80",
    ],
)  # fmt: skip
def test_there_is_no_picture_at_other_addresses(client, tools, path):
    assert client.get(f"/{path}/share.png").status_code == 404


def test_nothing_of_a_withdrawn_tool_but_its_withdrawal_is_shown(client, tools):
    unpublish_tool(tool=tools[0], reason="It was a duplicate.")

    card = client.get("/tools/a/card/").content.decode()

    assert "Withdrawn" in card
    assert "80.0" not in card
    assert client.get("/tools/a/share.png").status_code == 200
    assert client.get("/tools/a/share/").status_code == 404
    assert client.get("/compare/a-vs-b/share.png").status_code == 404


def test_any_site_may_frame_the_card_and_no_other_page(client, tools):
    card, page = client.get("/tools/a/card/"), client.get("/tools/a/")

    assert "X-Frame-Options" not in card.headers
    assert "frame-ancestors *" in card["Content-Security-Policy"]
    assert "script-src 'none'" in card["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]


def test_the_card_has_no_script_no_form_and_no_cookie(client, page_cache, tools):
    for _ in range(2):
        card = client.get("/tools/a/card/")

        assert not re.search(r"<script|<form|<button|hx-|onclick|<img", card.content.decode())
        assert not card.cookies
        assert "frame-ancestors *" in card["Content-Security-Policy"]


def test_the_card_says_verdict_score_and_counts(client, tools):
    text = re.sub(r"<[^>]+>|\s+", " ", client.get("/tools/a/card/").content.decode())

    assert "80.0/100 · 2 ship / 0 skip" in " ".join(text.split())


@pytest.mark.parametrize(
    ("path", "title", "picture", "kind"),
    [
        ("/", None, "/share.png", "website"),
        ("/method/", None, "/share.png", "website"),
        ("/tools/a/", "A: Ship, 80.0/100", "/tools/a/share.png", "website"),
        (
            "/compare/a-vs-b/",
            "A vs B: Which AI Tool Should You Ship?",
            "/compare/a-vs-b/share.png",
            "article",
        ),
    ],
)
def test_a_page_declares_what_a_shared_link_shows(
    client, settings, tools, path, title, picture, kind
):
    page = client.get(path)
    tags = metas(page)
    shown = html.unescape(re.search(r"<title>(.*?)</title>", page.content.decode())[1])

    assert tags["og:title"] == (title or shown.removesuffix(" — Ship or Skip"))
    assert tags["og:description"] == tags["description"]
    assert tags["og:url"] == settings.SITE_URL + path
    assert tags["og:image"] == settings.SITE_URL + picture
    assert (tags["og:type"], tags["twitter:card"]) == (kind, "summary_large_image")
    assert client.get(picture).status_code == 200


def test_tags_hold_quotes_and_markup_of_a_name(client, tools):
    tool = tools[2]
    tool.name = tool.tagline = "\"><script>x</script> & 'y'"
    tool.save()

    tags = metas(client.get("/tools/c/"))

    assert tags["og:title"] == "\"><script>x</script> & 'y': Not reviewed yet"
    assert tags["og:description"].startswith("\"><script>x</script> & 'y'")


def test_snippets_can_be_copied_as_text_and_hold_the_name_as_text(client, settings, tools):
    tool = tools[0]
    tool.name = "A [b](c) </textarea><i>"
    tool.save()

    page = client.get("/tools/a/share/").content.decode()
    codes = [
        html.unescape(code)
        for code in re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    ]

    assert len(codes) == 5
    small_html, small_markdown, *_, card = codes
    assert (
        'alt="Panel verdict on A [b](c) &lt;/textarea&gt;&lt;i&gt; by Ship or Skip"' in small_html
    )
    assert f'srcset="{settings.SITE_URL}/tools/a/badges/small-dark.svg"' in small_html
    assert small_markdown == (
        r"[![Panel verdict on A \[b\]\(c\) \</textarea\>\<i\> by Ship or Skip]"
        f"({settings.SITE_URL}/tools/a/badges/small-light.svg)]({settings.SITE_URL}/tools/a/)"
    )
    assert card.startswith(f'<iframe src="{settings.SITE_URL}/tools/a/card/" title="')


def test_a_tool_and_a_comparison_offer_to_share_their_link(client, settings, tools):
    for path in ("/tools/a/", "/compare/a-vs-b/"):
        page = client.get(path).content.decode()

        assert f'data-share-link="{settings.SITE_URL}{path}"' in page
    assert 'href="/tools/a/share/"' in client.get("/tools/a/").content.decode()
