"""What every public page has in common: the same bytes for everyone, and a look that can be read."""

import re
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from tests.clock import Clock
from tests.factories import (
    make_category,
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)

PAGES = [
    "/",
    "/tools/",
    "/tools/?q=tool&sort=name",
    "/tools/tool/",
    "/categories/coding/",
    "/reviewers/",
    "/reviewers/builder/",
    "/changes/",
    "/method/",
    "/privacy/",
]
WITHOUT_TOOLS = {"/method/", "/privacy/"}
WITH_MARKDOWN = {"/tools/tool/", "/changes/"}
# A test is one transaction, and for Postgres "now" is when it began.
YESTERDAY = timezone.now() - timedelta(days=1)


@pytest.fixture
def tool(db):
    category = make_category(slug="coding")
    tool = make_tool(slug="tool", name="Tool", category=category, published_at=YESTERDAY)
    make_fact(tool, make_fact_kind(), "A fact")
    publish_review(tool, make_reviewer("Builder"))
    return tool


@pytest.fixture
def page_cache(settings):
    settings.PAGE_CACHE = True
    caches["pages"].clear()
    yield
    caches["pages"].clear()


@pytest.mark.parametrize("address", PAGES)
def test_a_public_page_is_the_same_bytes_for_everyone_and_sets_no_cookie(tool, address):
    stranger, known = Client(), Client(headers={"accept-language": "de", "user-agent": "x"})
    known.cookies["sessionid"] = "0" * 32
    known.cookies["csrftoken"] = "1" * 32

    first, second = stranger.get(address), known.get(address)

    assert first.status_code == 200
    assert first.content == second.content
    assert not first.cookies
    assert not second.cookies
    varies = "Accept-Encoding, Accept" if address in WITH_MARKDOWN else "Accept-Encoding"
    assert first["Vary"] == second["Vary"] == varies
    assert b"csrfmiddlewaretoken" not in first.content


@pytest.mark.parametrize("address", PAGES)
def test_a_page_that_did_not_change_is_not_sent_again(
    client, tool, page_cache, monkeypatch, address
):
    Clock(monkeypatch, timezone.now())  # a list is rendered again every five seconds
    etag = client.get(address)["ETag"]

    again = client.get(address, headers={"if-none-match": etag})

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("address", [page for page in PAGES if page not in WITHOUT_TOOLS])
def test_a_published_review_renders_every_page_that_may_show_it_again(
    client, tool, page_cache, address
):
    skeptic = make_reviewer("Skeptic")
    etag = client.get(address)["ETag"]

    publish_review(tool, skeptic, 20, "skip")

    again = client.get(address, headers={"if-none-match": etag})
    assert again.status_code == 200
    assert again["ETag"] != etag


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("method", ["post", "put", "delete", "trace"])
def test_a_public_page_is_only_read(client, tool, address, method):
    form = "application/x-www-form-urlencoded"

    assert client.generic(method.upper(), address, content_type=form).status_code == 405


@pytest.mark.parametrize("address", PAGES)
def test_a_page_has_one_h1_and_no_heading_skips_a_level(client, tool, address):
    page = client.get(address).content.decode()

    levels = [int(level) for level in re.findall(r"<h([1-6])\b", page)]

    main = [int(level) for level in re.findall(r"<h([1-6])\b", page[page.index("<main") :])]
    assert levels.count(1) == 1
    assert main[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(main))


@pytest.mark.parametrize("address", PAGES)
def test_a_page_holds_no_inline_script_or_style(client, tool, address):
    page = client.get(address).content.decode()

    assert not re.search(r"\sstyle=|<style\b|\son[a-z]+=", page)
    assert re.findall(r"<script(?! src=)([^>]*)>", page) in ([], [' type="application/ld+json"'])


@pytest.mark.parametrize("address", PAGES)
def test_every_id_of_a_page_stands_once(client, tool, address):
    ids = re.findall(r'\sid="([^"]+)"', client.get(address).content.decode())

    assert sorted(ids) == sorted(set(ids))


def test_sample_content_is_named_in_the_footer_only_while_it_is_shown(client, tool):
    assert b"Sample content." not in client.get("/").content

    make_tool(is_sample=True, published_at=YESTERDAY)

    assert b"Sample content." in client.get("/").content


def test_the_canonical_address_comes_from_the_settings_and_not_from_the_request(client, tool):
    page = client.get("/tools/tool/?utm_source=x", headers={"host": "localhost"}).content.decode()

    assert f'<link rel="canonical" href="{project.SITE_URL}/tools/tool/">' in page


TOKENS = Path(project.BASE_DIR, "static/css/tokens.css").read_text()
# What stands on what, and how much contrast WCAG 2.2 AA asks of it: 4.5 for text, 3 for shapes.
CONTRASTS = [
    *[
        (text, paper, 4.5)
        for text in ("ink", "ink-soft", "link")
        for paper in ("paper", "paper-raised", "paper-sunken")
    ],
    *[(word, f"{word}-wash", 4.5) for word in ("ship", "skip", "split", "none")],
    *[(word, "paper", 4.5) for word in ("ship", "skip", "split", "none")],
    *[(f"tool-{n}", "paper", 4.5) for n in (1, 2, 3, 4)],
    ("ink", "mark", 4.5),
    ("ink", "split-wash", 4.5),
    ("ink", "skip-wash", 4.5),
    ("link", "split-wash", 4.5),
    ("on-verdict", "ship", 3),
    ("focus", "paper", 3),
    ("paper", "ink-soft", 4.5),
]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("upper", "lower", "least"), CONTRASTS)
def test_what_must_be_read_stands_out(upper, lower, least, theme):
    assert contrast(colour(upper, theme), colour(lower, theme)) >= least


def colour(name, theme):
    pair = re.search(rf"--{name}: light-dark\((#\w+), (#\w+)\)", TOKENS)
    return pair[1 if theme == "light" else 2]


def contrast(one, other):
    """The contrast ratio of WCAG 2.2."""
    lighter, darker = sorted([luminance(one), luminance(other)], reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(hexadecimal):
    parts = [int(hexadecimal[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
