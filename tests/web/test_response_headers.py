"""The headers that every answer has, and what a view may set for itself."""

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import override_settings
from django.urls import include, path
from django.utils.csp import CSP
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override

from tests.factories import make_tool
from tests.tools.logo_files import png
from tests.wsgi_client import FORM, ask
from tools.logo_image import SIZES
from tools.logos import encode_logo, store_logo
from web.response_headers import DENIED_FEATURES

pytestmark = pytest.mark.django_db
ALWAYS = {
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "Strict-Transport-Security",
    "X-Content-Type-Options",
    "X-Frame-Options",
}


@pytest.fixture(autouse=True)
def https(settings):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.PAGE_CACHE = True


def get(client, address, **headers):
    return client.get(address, headers=headers, secure=True)


def missing(response):
    return {name for name in ALWAYS if name not in response}


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/", 200),
        ("/tools/ada/", 200),
        ("/me/", 204),
        ("/healthz/", 200),
        ("/method/rules.json", 200),
        ("/newsletter/issues/atom/", 200),
        ("/static/nowhere.css", 404),
        ("/compare/ada-vs-nobody/", 404),
        ("/nowhere/", 404),
        ("/tools/%00/", 400),
        ("/admin/", 302),
        ("/admin/login/", 200),
    ],
)
def test_every_answer_has_all_headers(client, address, status):
    make_tool(name="Ada", slug="ada")

    response = get(client, address)

    assert (response.status_code, missing(response)) == (status, set())


@pytest.mark.parametrize("method", ["trace", "post"])
def test_a_refusal_has_all_headers(client, method):
    response = getattr(client, method)("/newsletter/", secure=True, headers={"origin": "null"})

    assert (response.status_code >= 400, missing(response)) == (True, set())


def test_a_bad_host_gets_all_headers(client):
    response = get(client, "/", host="evil.example")

    assert (response.status_code, missing(response)) == (400, set())


def test_a_hit_of_the_page_cache_and_a_304_have_all_headers(client):
    first = get(client, "/")
    hit = get(client, "/")
    unchanged = get(client, "/", **{"if-none-match": first["ETag"]})

    assert (hit.status_code, missing(hit)) == (200, set())
    assert (unchanged.status_code, missing(unchanged)) == (304, set())


def test_a_content_type_that_cannot_be_read_gets_all_headers():
    answer = ask("/", "POST", CONTENT_TYPE=f"{FORM}; charset=utf-7")

    assert answer.status == 400
    # The application was made before this test, for a site without HTTPS.
    assert ALWAYS - {name for name, _ in answer.headers} == {"Strict-Transport-Security"}


def test_http_gets_no_hsts(client):
    assert "Strict-Transport-Security" not in client.get("/")


def test_no_feature_of_the_browser_is_allowed_to_any_page(client):
    policy = client.get("/")["Permissions-Policy"]

    assert policy.split(", ") == [f"{feature}=()" for feature in DENIED_FEATURES]


def test_pages_of_other_sites_may_load_a_logo_but_no_page(client):
    stored = encode_logo(png())
    store_logo(stored)

    logo = client.get(f"/logos/{stored.digest}-{SIZES[0]}.webp")

    assert (logo.status_code, logo["Cross-Origin-Resource-Policy"]) == (200, "cross-origin")
    assert client.get("/")["Cross-Origin-Resource-Policy"] == "same-origin"


# What a view sets for itself


@csp_override(settings.SECURE_CSP | {"frame-ancestors": ["*"]})
@xframe_options_exempt
def card(request):
    return HttpResponse("a card that other sites embed")


@cache_control(public=True, max_age=60)
def public(request):
    response = HttpResponse("kept by caches")
    response.set_cookie("who", "somebody")
    return response


@cache_control(public=True, max_age=60)
def failing(request, status):
    return HttpResponse(status=status)


urlpatterns = [
    path("card/", card),
    path("public/", public),
    path("failing/<int:status>/", failing),
    path("", include("config.urls")),
]


@pytest.fixture
def own_urls():
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.mark.usefixtures("own_urls")
def test_a_view_may_allow_other_sites_to_embed_it(client):
    response = get(client, "/card/")

    assert "frame-ancestors *" in response["Content-Security-Policy"]
    assert missing(response) == {"X-Frame-Options"}


@pytest.mark.usefixtures("own_urls")
def test_what_shared_caches_may_keep_sets_no_cookie(client):
    response = get(client, "/public/")

    assert response["Cache-Control"] == "public, max-age=60"
    assert not response.cookies


@pytest.mark.usefixtures("own_urls")
@pytest.mark.parametrize("status", [400, 403, 404, 410, 412, 422, 429, 500, 503])
def test_no_cache_keeps_an_error(client, status):
    assert get(client, f"/failing/{status}/")["Cache-Control"] == "no-store"


def test_the_policy_without_changes_lets_nobody_embed_a_page():
    assert settings.SECURE_CSP["frame-ancestors"] == [CSP.NONE]
