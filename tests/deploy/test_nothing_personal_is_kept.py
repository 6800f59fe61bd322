"""Every address of the site through the shipped nginx and gunicorn: what is kept says nothing about anybody."""

import gzip
import re
from http.cookies import SimpleCookie

import pytest
from django.urls import get_resolver

from accounts.networks import network_hash
from accounts.readers import make_reader
from bookmarks.feed_address import start_feed
from newsletter.subscribers.links import subscriber_token
from tests.admin_client import make_staff, sign_in
from tests.deploy.site import collect_static, shipped_site
from tests.factories import make_reviewer, make_tool, publish_review
from tests.newsletter.digests import full_digest
from tests.newsletter.factories import make_issue, make_subscriber
from tests.tools.logo_files import png
from tools.logo_image import SIZES
from tools.logos import encode_logo, store_logo

# Pages that are worth keeping; the others are for one person, or change with each request.
KEPT = {
    "home", "tool_list", "tool_detail", "category_detail", "comparison", "compare", "reviewer_list",
    "reviewer_detail", "changes", "method", "method_rules", "voting", "privacy", "newsletter_archive",
    "newsletter_issue", "newsletter_rss", "newsletter_atom", "logo", "stack", "tool_alternatives",
    "rankings", "ranking", "category_ranking", "changes_atom", "verdicts_atom", "category_atom", "tool_atom",
    "tool_share", "tool_share_picture", "comparison_share_picture", "site_share_picture", "badge", "tool_card",
    "sitemap_index", "page_sitemap", "tool_sitemap", "newsletter_sitemap",
    "api_categories", "api_fact_kinds", "api_tools", "api_tool", "api_tool_reviews", "api_scorecard", "api_tool_votes", "api_reviewers",
    "api_reviewer", "api_reviews", "api_ledger", "api_ranking", "api_comparison", "api_rules", "api_calibration", "api_docs", "api_openapi",
    "tool_markdown", "comparison_markdown", "rankings_markdown", "ranking_markdown", "category_ranking_markdown", "changes_markdown",
    "llms_txt",
}  # fmt: skip
CSP = "Content-Security-Policy"
POST = {"Origin": "http://localhost", "Content-Type": "application/x-www-form-urlencoded"}


def patterns(resolver=None, start=""):
    """(route, name) of every address."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = start + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from patterns(pattern, route)
        else:
            yield route, pattern.name


def path_of(route, values):
    """A path of `route`. Raises KeyError for a parameter that has no value yet: give it one in `site`."""
    first = route.removeprefix("api/v1/").split("/")[0]
    route = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route.replace("^", "").replace("$", ""))
    return "/" + re.sub(
        r"<(?:\w+:)?(\w+)>",
        lambda found: values.get(f"{first} {found[1]}") or values[found[1]],
        route,
    )


@pytest.fixture(scope="module")
def static(tmp_path_factory):
    folder = tmp_path_factory.mktemp("collected")
    collect_static(folder)
    return folder


@pytest.fixture
def values(transactional_db):
    first, second = make_tool(name="Alpha", slug="alpha"), make_tool(name="Beta", slug="beta")
    reviewer = make_reviewer("Rita")
    for tool in [first, second]:
        publish_review(tool, reviewer)
    logo = encode_logo(png())
    store_logo(logo)
    feed = start_feed(reader=make_reader(network_hash("192.0.2.1")))
    return {
        "slug": first.slug, "categories slug": first.category.slug, "reviewers slug": reviewer.slug,
        "pair": "alpha-vs-beta", "number": str(make_issue(full_digest(), subject="First").number),
        "token": subscriber_token(make_subscriber().key), "secret": feed.secret, "format": "json",
        "digest": logo.digest, "size": str(max(SIZES)), "app_label": "tools", "pk": str(first.pk), "url": "nothing",
        "object_id": str(first.pk), "id": "1", "content_type_id": "1", "entry_id": "1",
        "review_id": "1", "note_id": "1", "tool_id": str(first.pk),
        "style": "small-light", "block": "0", "name": "manifest.json", "ranking": "panel", "rankings slug": first.category.slug,
    }  # fmt: skip


def reader_of(nginx, choice):
    """The cookie of a new reader who has voted and bookmarked."""
    voted = nginx.get("/tools/alpha/vote/", method="POST", body=f"choice={choice}", **POST)
    cookie = f"reader={SimpleCookie(voted.headers['Set-Cookie'])['reader'].coded_value}"
    nginx.get("/tools/alpha/bookmark/", method="POST", body="", Cookie=cookie, **POST)
    return cookie


def visitors(nginx):
    """Who asks: (headers, whether what they get may be kept)."""
    staff = sign_in(make_staff(is_superuser=True)).cookies["sessionid"].value
    readers = [reader_of(nginx, "ship"), reader_of(nginx, "skip")]
    assert readers[0] != readers[1]
    return [
        ({"Cookie": f"sessionid={staff}"}, False),
        ({"Cookie": f"{readers[0]}; last_write=1"}, False),
        ({"Cookie": readers[1], "HX-Boosted": "true", "HX-Request": "true"}, False),
        ({"Authorization": "Basic YTpi"}, False),
        ({"Cookie": readers[0]}, True),
        ({"Cookie": f"{readers[1]}; csrftoken={'a' * 32}"}, True),
        ({}, True),
    ]


def path_in(key):
    """The path of a key: scheme, host, encodings, path."""
    return key.split(" ")[-1]


def test_nothing_personal_is_kept(tmp_path, static, values):
    paths = {path_of(route, values): name for route, name in patterns()}
    paths |= {"/tools/gamma/": "404", "/compare/alpha-vs-gamma/": "404"}
    with shipped_site(tmp_path, static) as (nginx, port):
        known = visitors(nginx)
        for headers in [headers for headers, may_be_kept in known if not may_be_kept]:
            for path in paths:
                assert not nginx.get(path, **headers).is_kept, (path, headers)
            assert nginx.kept == {}, headers

        for headers in [headers for headers, may_be_kept in known if may_be_kept]:
            for path in paths:
                nginx.get(path, **headers)
        kept = {path_in(key): answer for key, answer in nginx.kept.items()}

        assert {paths[path] for path in kept} == KEPT
        for path, answer in kept.items():
            head, _, body = answer.partition(b"\r\n\r\n")
            assert b"set-cookie" not in head.lower()
            assert body == nginx.get(path, port=port, X_Forwarded_For="192.0.2.9").body, path
        log = (tmp_path / "gunicorn.log").read_text()

    assert '"GET /compare/alpha-vs-beta/" 200' in log
    assert values["token"] not in log
    assert values["secret"] not in log
    assert [line for line in log.splitlines() if " ERROR " in line] == []


def test_a_page_has_the_form_that_is_asked_for_whatever_is_kept(tmp_path, static, values):
    browser, agent = "text/html,application/xhtml+xml,*/*;q=0.8", "text/markdown, text/html, */*"
    with shipped_site(tmp_path, static) as (nginx, _):
        for path in ["/tools/alpha/", "/compare/alpha-vs-beta/", "/rankings/", "/changes/"]:
            answers = [nginx.get(path, Accept=accept) for accept in [browser, agent, "*/*", agent]]

            assert [answer.headers["Content-Type"].split(";")[0] for answer in answers] == [
                "text/html",
                "text/markdown",
            ] * 2, path
            assert [answer.is_kept for answer in answers] == [False, False, True, True]
            for answer in answers:
                assert "Accept" in ", ".join(answer.headers.get_all("Vary")).split(", ")
            assert answers[0].headers["ETag"] != answers[1].headers["ETag"]


def test_a_reader_who_has_voted_sees_it_at_once(tmp_path, static, values):
    with shipped_site(tmp_path, static) as (nginx, _):
        before = nginx.get("/tools/alpha/")
        reader = reader_of(nginx, "skip")

        assert nginx.get("/tools/alpha/").text == before.text
        assert nginx.get("/tools/alpha/", Cookie=f"{reader}; last_write=1").text != before.text


def test_static_files_come_from_nginx_with_the_headers_of_the_site(tmp_path, static, values):
    with shipped_site(tmp_path, static) as (nginx, port):
        page = nginx.get("/")
        path = re.search(r"/static/[^\"]+\.css", page.text)[0]
        served, packed = nginx.get(path), nginx.get(path, Accept_Encoding="gzip")
        by_gunicorn = nginx.get(path, port=port)
        missing = nginx.get("/static/nothing.css")
        asked = (tmp_path / "gunicorn.log").read_text()

    assert served.body == by_gunicorn.body == gzip.decompress(packed.body)
    assert served.headers["Cache-Control"] == "public, max-age=315360000, immutable"
    assert asked.count(path) == 1
    assert missing.status == 404
    own = {
        "Server", "Date", "Connection", "Content-Length", "ETag", "Access-Control-Allow-Origin", "X-Request-ID",
    }  # fmt: skip
    for name, value in by_gunicorn.headers.items():
        if name not in own | {"Cache-Control", "Vary", "Last-Modified", "Content-Type", CSP}:
            assert served.headers[name] == value, name
    assert served.headers[CSP].startswith("default-src 'none'; ")  # stricter than that of a page
    for name in [
        "X-Frame-Options",
        "X-Content-Type-Options",
        "Referrer-Policy",
        "Cross-Origin-Opener-Policy",
    ]:
        assert served.headers[name] == page.headers[name]
