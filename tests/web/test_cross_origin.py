"""Which POSTs are accepted from where, on every address of the site."""

from itertools import chain

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLResolver, get_resolver, path
from django.views.decorators.csrf import csrf_exempt

from config.urls import FROM_ANY_ORIGIN, WITHOUT_ORIGIN
from tests.web.url_patterns import patterns
from web.cross_origin import is_same_origin, origin_of, same_origin_posts

SITE = "https://shiporskip.example"
FORM = "application/x-www-form-urlencoded"
HTTPS = {"wsgi.url_scheme": "https"}


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = SITE
    settings.ALLOWED_HOSTS = ["shiporskip.example", "other.example", "testserver"]


def accepts(rf, host="other.example", **headers):
    request = rf.post("/", headers={"host": host} | headers, **HTTPS)
    return is_same_origin(request)


@pytest.mark.parametrize(
    "origin, accepted",
    [
        (SITE, True),
        ("https://other.example", True),  # the host that the request was sent to
        ("null", False),
        ("", False),
        ("http://shiporskip.example", False),
        ("https://shiporskip.example:8443", False),
        ("https://shiporskip.example.evil.example", False),
        ("https://evil.example", False),
        ("https://sub.shiporskip.example", False),
        ("https://shiporskip.example/", False),
        ("https://shiporskip.example, https://evil.example", False),
        ("https://user@shiporskip.example", False),
        ("HTTPS://SHIPORSKIP.EXAMPLE", False),
        ("https://[", False),
    ],
)
def test_an_origin_must_be_the_sites_own_whatever_else_the_browser_says(rf, origin, accepted):
    assert accepts(rf, origin=origin) is accepted
    assert accepts(rf, **{"origin": origin, "sec-fetch-site": "same-origin"}) is accepted
    assert accepts(rf, **{"origin": origin, "sec-fetch-site": "cross-site"}) is accepted


@pytest.mark.parametrize(
    "site, accepted",
    [
        ("same-origin", True),
        ("same-site", False),
        ("cross-site", False),
        ("none", False),
        ("Same-Origin", False),
        ("", False),
    ],
)
def test_without_an_origin_the_fetch_site_decides(rf, site, accepted):
    assert accepts(rf, **{"sec-fetch-site": site}) is accepted


def test_without_either_header_a_post_is_refused(rf):
    assert accepts(rf) is False


def test_a_page_served_over_http_cannot_post_to_the_site_over_https(rf):
    assert accepts(rf, origin="http://other.example") is False


@pytest.mark.parametrize(
    "address, origin",
    [
        ("https://shiporskip.example", SITE),
        ("https://ShipOrSkip.example:443/path?q#f", SITE),
        ("http://shiporskip.example:80", "http://shiporskip.example"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("shiporskip.example", ""),
        ("https://[", ""),
        ("https://a:port", ""),
        ("", ""),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(address, origin):
    assert origin_of(address) == origin


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_other_methods_need_no_origin(rf, method):
    view = same_origin_posts(lambda request: HttpResponse("read"))

    assert view(getattr(rf, method)("/")).status_code == 200


HTMX = {"hx-request": "true"}
EVIL = {"origin": "https://evil.example"}
WORDS = "We could not confirm that this came from our site. Reload the page and try again."


def test_a_refusal_says_so_in_words():
    response = Client().post("/newsletter/", "", FORM, headers=EVIL)

    assert response.status_code == 403
    assert f"<p>{WORDS}</p>" in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_a_refusal_leaves_the_page_as_it_is_and_says_so_there():
    response = Client().post("/newsletter/", "", FORM, headers=EVIL | HTMX)

    assert (response.status_code, response.content) == (403, b"")
    assert response["HX-Reswap"] == "none"
    assert response["HX-Trigger"] == f'{{"refused": {{"value": "{WORDS}"}}}}'


# Every view of the site


def open_views(resolver: URLResolver) -> set[str | None]:
    """The views that a form of another site reaches."""
    return {
        pattern.name
        for _, pattern in patterns(resolver)
        if getattr(pattern.callback, "csrf_exempt", False)
        and not getattr(pattern.callback, "has_same_origin_posts", False)
    }


def test_only_the_listed_machine_endpoints_accept_a_post_from_any_origin():
    assert open_views(get_resolver()) == FROM_ANY_ORIGIN | WITHOUT_ORIGIN


SITE_PATTERNS = list(patterns(get_resolver()))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers", [EVIL, {"origin": "null"}, {"sec-fetch-site": "cross-site"}, {}], ids=str
)
def test_every_other_address_refuses_the_form_of_another_site(headers, settings):
    client = Client(enforce_csrf_checks=True, headers={"host": "other.example"} | headers)
    settings.SECURE_SSL_REDIRECT = False

    statuses = {
        pattern.name: client.post(address, "", FORM).status_code
        for address, pattern in SITE_PATTERNS
    }

    reached = {name for name, status in statuses.items() if status not in {403, 405}}
    assert reached - WITHOUT_ORIGIN == FROM_ANY_ORIGIN
    assert (reached >= WITHOUT_ORIGIN) is ("origin" not in headers)
    assert len(statuses) > 40


def test_the_walk_finds_a_view_that_was_forgotten():
    def view(request):
        return HttpResponse()

    forgotten = [
        path("open/", csrf_exempt(view), name="open"),
        path("protected/", same_origin_posts(view), name="protected"),
        path("plain/", view, name="plain"),
    ]
    resolver = URLResolver(get_resolver().pattern, chain(forgotten))
    resolver.__dict__["url_patterns"] = forgotten

    assert open_views(resolver) == {"open"}
