from dataclasses import dataclass

import pytest
from django.core.cache import caches
from django.http import Http404, HttpResponse

from web.public_page import public_page


@dataclass
class Catalog:
    version: str


@pytest.fixture
def site(settings):
    """A page that prints how often it was made, and the catalogue that it shows."""
    settings.PAGE_CACHE = True
    caches["pages"].clear()
    catalog, made = Catalog("1"), []

    @public_page(lambda: catalog, params=["page"])
    def view(request, status=200):
        if status == 404:
            raise Http404
        made.append(request.GET.get("page"))
        return HttpResponse(f"made {len(made)}", status=status)

    view.catalog = catalog
    return view


def test_a_page_is_made_once(site, rf):
    assert site(rf.get("/")).content == site(rf.get("/")).content == b"made 1"


def test_a_page_is_made_anew_when_what_it_shows_has_changed(site, rf):
    site(rf.get("/"))

    site.catalog.version = "2"

    assert site(rf.get("/")).content == b"made 2"


def test_pages_that_differ_in_a_parameter_are_two(site, rf):
    site(rf.get("/?page=1"))

    assert site(rf.get("/?page=2")).content == b"made 2"


def test_a_parameter_that_the_page_does_not_know_makes_no_new_page(site, rf):
    site(rf.get("/?page=1"))

    assert site(rf.get("/?page=1&utm_source=x")).content == b"made 1"


def test_a_parameter_cannot_pass_for_two(site, rf):
    site(rf.get("/?page=1%26page=2"))

    assert site(rf.get("/?page=1&page=2")).content == b"made 2"


def test_an_unchanged_page_is_a_304(site, rf):
    etag = site(rf.get("/"))["ETag"]

    response = site(rf.get("/", headers={"if-none-match": etag}))

    assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)


def test_a_new_release_makes_new_pages(site, rf, settings):
    site(rf.get("/"))

    settings.RELEASE = "next"

    assert site(rf.get("/")).content == b"made 2"


def test_what_is_not_a_page_is_not_kept(site, rf):
    assert site(rf.get("/"), status=500).content == b"made 1"
    with pytest.raises(Http404):
        site(rf.get("/"), status=404)

    assert site(rf.get("/")).content == b"made 2"


def test_pages_are_kept_by_caches_that_ask_first(site, rf):
    assert site(rf.get("/"))["Cache-Control"] == "public, no-cache"


def test_a_page_is_only_read(site, rf):
    assert site(rf.post("/")).status_code == 405


def test_a_page_that_is_no_html_stays_what_it_is(settings, rf):
    settings.PAGE_CACHE = True

    @public_page(lambda: Catalog("1"))
    def feed(request):
        return HttpResponse("<rss/>", content_type="application/rss+xml; charset=utf-8")

    types = [feed(rf.get("/rss/"))["Content-Type"] for _ in range(2)]

    assert types == ["application/rss+xml; charset=utf-8"] * 2
