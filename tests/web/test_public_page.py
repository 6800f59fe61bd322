"""The page cache in front of the middleware, with a page that counts how often it was rendered."""

import gzip
import threading
import time

import brotli
import psycopg
import pytest
from django.core.cache import caches
from django.db import OperationalError
from django.http import Http404, HttpResponse
from django.test import Client
from django.urls import path

from web import page_validator
from web.page_validator import Validator
from web.public_page import public_page

STATE = {"version": "1", "rendered": 0, "status": 200, "seconds": 0.0}


class Rows(Validator):
    """A validator without a database: the version is that of STATE."""

    def __init__(self):
        super().__init__("")

    def read(self, kwargs, alias):
        STATE["read_from"] = alias
        if STATE["version"] == "unreachable":
            raise psycopg.OperationalError
        return page_validator.Version(STATE["version"], holds_sample=False)


@public_page(Rows(), params=["page"], uncached_params=["w"])
def counted(request):
    STATE["rendered"] += 1
    time.sleep(STATE["seconds"])
    if STATE["status"] == 404:
        raise Http404
    if STATE["status"] == 503:
        raise OperationalError("the database is away")
    return HttpResponse(f"rendered {STATE['rendered']} " + "ö" * 2000, status=STATE["status"])


@public_page(Rows())
def feed(request):
    return HttpResponse("<rss/>", content_type="application/rss+xml; charset=utf-8")


@public_page(Rows(), reads_primary=True)
def primary(request):
    return HttpResponse("up to date")


@public_page(Rows())
def sets_cookie(request):
    STATE["rendered"] += 1
    response = HttpResponse(f"{request.COOKIES}")
    response.set_cookie("reader", "x")
    return response


urlpatterns = [
    path("", counted),
    path("other/", counted),
    path("feed/", feed),
    path("primary/", primary),
    path("cookie/", sets_cookie),
]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture(autouse=True)
def site(settings):
    settings.PAGE_CACHE = True
    caches["pages"].clear()
    STATE.update(version="1", rendered=0, status=200, seconds=0.0)


def rendered(response):
    """The number of the rendering that a response shows."""
    return int(response.content.split()[1])


@pytest.mark.parametrize(("url", "server"), [("/feed/", "replica"), ("/primary/", "default")])
def test_the_version_is_that_of_the_server_which_the_view_reads(client, monkeypatch, url, server):
    monkeypatch.setattr("web.page_cache.read_alias", lambda request: "replica")

    assert client.get(url).status_code == 200

    assert STATE["read_from"] == server


def test_a_page_is_rendered_once(client):
    assert [rendered(client.get("/")) for _ in range(2)] == [1, 1]


def test_another_version_is_another_page(client):
    first = client.get("/")
    STATE["version"] = "2"
    second = client.get("/", headers={"if-none-match": first["ETag"]})

    assert (second.status_code, rendered(second)) == (200, 2)


def test_a_page_without_a_database_is_one_line_in_the_log(client, caplog):
    STATE.update(version="unreachable", status=503)

    assert client.get("/").status_code == 503
    assert caplog.messages == ["Database unavailable for GET /: the database is away"]


def test_a_page_whose_version_alone_cannot_be_read_is_rendered_with_a_warning(client, caplog):
    STATE["version"] = "unreachable"

    assert client.get("/").status_code == 200
    assert caplog.messages[0].startswith("Could not read the version of a page")


def test_pages_that_differ_in_a_parameter_are_two(client):
    assert [rendered(client.get(f"/?page={n}")) for n in (1, 2)] == [1, 2]


def test_parameters_that_the_page_does_not_read_make_no_other_page(client):
    answers = [client.get(url) for url in ("/?page=1", "/?page=1&utm_source=x", "/?a=2&page=1")]

    assert [rendered(answer) for answer in answers] == [1, 1, 1]


def test_one_parameter_cannot_pass_for_two(client):
    assert [rendered(client.get(url)) for url in ("/?page=1%26page=2", "/?page=1&page=2")] == [1, 2]


def test_a_page_with_an_uncached_parameter_is_rendered_each_time(client):
    answers = [client.get("/?w=1") for _ in range(2)]

    assert [rendered(answer) for answer in answers] == [1, 2]
    assert answers[0]["Cache-Control"] == "no-store"
    assert "ETag" not in answers[0]


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "strong"])
def test_an_unchanged_page_is_a_304_that_renders_nothing(client, form):
    etag = client.get("/")["ETag"]
    caches["pages"].clear()

    opaque = etag.removeprefix("W/")
    header = {"W/{}": f"W/{opaque}", "strong": opaque}.get(form, form.format(etag))
    answer = client.get("/", headers={"if-none-match": header})

    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", etag)
    assert STATE["rendered"] == 1


def test_any_etag_matches_only_a_page_that_exists(client):
    assert client.get("/", headers={"if-none-match": "*"}).status_code == 304

    STATE.update(status=404, version="2")

    assert client.get("/", headers={"if-none-match": "*"}).status_code == 404


def test_a_new_release_renders_pages_again(client, settings):
    client.get("/")
    settings.RELEASE = "next"

    assert rendered(client.get("/")) == 2


def test_http_and_https_are_two_pages_with_their_own_headers(client, settings):
    settings.SECURE_HSTS_SECONDS = 60

    plain, secure = Client().get("/"), Client().get("/", secure=True)

    assert "Strict-Transport-Security" not in plain
    assert secure["Strict-Transport-Security"] == "max-age=60"


@pytest.mark.parametrize("status", [404, 410, 500])
def test_an_error_is_neither_stored_nor_kept_by_others(client, status):
    STATE["status"] = status
    answer = client.get("/")
    STATE["status"] = 200

    assert (answer.status_code, answer["Cache-Control"]) == (status, "no-store")
    assert rendered(client.get("/")) == 2


@pytest.mark.parametrize("version", [None, "unreachable"])
def test_without_a_version_the_page_is_rendered_each_time(client, version):
    STATE["version"] = version

    assert [rendered(client.get("/")) for _ in range(2)] == [1, 2]


def test_a_page_that_is_no_html_stays_what_it_is(client):
    types = [client.get("/feed/")["Content-Type"] for _ in range(2)]

    assert types == ["application/rss+xml; charset=utf-8"] * 2


def headers_of(response):
    """All but the id, which each request has for itself."""
    return {name: value for name, value in response.items() if name != "X-Request-ID"}


def test_a_cached_page_has_every_header_of_a_rendered_one(client):
    first, second = client.get("/"), client.get("/")

    assert headers_of(first) == headers_of(second)
    assert second["Cache-Control"] == "public, no-cache"
    assert second["Vary"] == "Accept-Encoding"
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"):
        assert second[name]
    assert second["X-Frame-Options"] == "DENY"
    assert second["Cross-Origin-Opener-Policy"] == "same-origin"


def test_no_cookie_reaches_a_page_and_none_leaves_it(client, caplog):
    for name in ("csrftoken", "sessionid", "reader"):
        client.cookies[name] = "0" * 32

    answers = [client.get("/cookie/") for _ in range(2)]

    assert [answer.content for answer in answers] == [b"{}", b"{}"]
    assert all("Set-Cookie" not in str(answer.serialize_headers()) for answer in answers)
    assert not answers[0].cookies
    assert "A public page set a cookie, which was removed: /cookie/" in caplog.messages


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("*", "br"),
        ("identity", ""),
        ("br;q=no", ""),
        ("", ""),
        ("x" * 300 + ", gzip", ""),
    ],
)
def test_a_page_is_sent_in_the_coding_that_the_client_accepts(client, accepted, coding):
    read = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[coding]

    for _ in range(2):
        answer = client.get("/", headers={"accept-encoding": accepted})

        assert answer.get("Content-Encoding", "") == coding
        assert int(answer["Content-Length"]) == len(answer.content)
        assert read(answer.content).decode() == "rendered 1 " + "ö" * 2000


def test_every_coding_has_the_same_weak_etag(client):
    etags = {client.get("/", headers={"accept-encoding": name})["ETag"] for name in ("br", "gzip")}

    assert len(etags) == 1
    assert etags.pop().startswith('W/"')


def test_head_has_the_headers_of_get_and_no_content(client):
    head, page = client.head("/"), client.get("/")

    assert head.content == b""
    assert headers_of(head) == headers_of(page)
    assert STATE["rendered"] == 1


def test_a_page_is_only_read(client):
    form = "application/x-www-form-urlencoded"

    assert client.post("/", content_type=form).status_code == 405


def test_another_host_gets_no_page(client):
    client.get("/")

    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_a_burst_of_first_requests_renders_once():
    STATE["seconds"] = 0.2

    answers = at_once(8, lambda: Client().get("/"))

    assert {rendered(answer) for answer in answers} == {1}
    assert STATE["rendered"] == 1


def test_a_rendering_that_fails_is_nobody_elses_answer():
    STATE.update(seconds=0.2, status=404)

    answers = at_once(4, lambda: Client().get("/"))
    STATE.update(status=200)

    assert {answer.status_code for answer in answers} == {404}
    assert Client().get("/").status_code == 200


def test_two_pages_are_rendered_at_the_same_time():
    STATE["seconds"] = 0.01
    paths = ["/", "/other/"] * 4

    answers = at_once(8, lambda: Client().get(paths.pop()))

    assert len(answers) == 8
    assert STATE["rendered"] == 2


def at_once(count, act):
    """Return the results of `act()` in that many threads that start together."""
    results, barrier = [], threading.Barrier(count)

    def run():
        barrier.wait()
        results.append(act())

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results
