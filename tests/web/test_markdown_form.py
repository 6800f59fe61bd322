"""Which form of a page a client gets, and that no cache can give it the other one."""

import pytest
from django.core.cache import caches
from django.http import Http404, HttpResponse
from django.urls import include, path

from pages.redirects import redirect_to
from tests.web.test_public_page import Rows
from web.markdown_page import wants_markdown
from web.public_page import public_page

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
AGENT = "text/markdown, text/html, */*"
STATE = {"rendered": 0, "raises": None}


@public_page(Rows(), params=["page"], uncached_params=["w"], has_markdown=True)
def two_forms(request):
    STATE["rendered"] += 1
    if STATE["raises"]:
        raise STATE["raises"]
    return HttpResponse("markdown" if wants_markdown(request) else "html")


@public_page(Rows())
def one_form(request):
    return HttpResponse("markdown" if wants_markdown(request) else "html")


@public_page(Rows(), has_markdown=True)
def moved(request):
    return redirect_to(request, "/a/")


urlpatterns = [
    path("a/", two_forms),
    path("a.md", two_forms),
    path("one/", one_form),
    path("moved/", moved),
    path("moved.md", moved),
    path("", include("config.urls")),  # error pages link to pages of the site
]
handler404 = "pages.errors.page_not_found"
handler500 = "pages.errors.server_error"
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture(autouse=True)
def site(settings):
    settings.PAGE_CACHE = True
    caches["pages"].clear()
    STATE.update(rendered=0, raises=None)


def get(client, path, accept, **headers):
    return client.get(path, headers={"accept": accept, **headers})


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (BROWSER, "html"),
        ("*/*", "html"),
        ("", "html"),
        ("text/*", "html"),
        ("text/html", "html"),
        ("application/json", "html"),
        ("text/html, text/markdown;q=0.9", "html"),
        ("text/html, text/markdown", "html"),
        ("text/markdown;q=0", "html"),
        ("text/markdown;q=0, */*", "html"),
        ("text/markdown;q=x, text/html", "markdown"),
        ("text/markdown" + ", text/plain" * 100, "html"),
        ("\xff;q=a, text/markdownish", "html"),
        ("text/markdown", "markdown"),
        ("TEXT/Markdown", "markdown"),
        ("text/markdown, text/html", "markdown"),
        (AGENT, "markdown"),
        ("*/*;q=0.1, text/markdown;q=0.2", "markdown"),
        ("text/html;q=0.8, text/markdown", "markdown"),
        ("text/plain, text/markdown;q=0.5", "markdown"),
    ],
)
def test_a_client_gets_the_form_that_it_prefers(client, accept, form):
    assert get(client, "/a/", accept).content.decode() == form


@pytest.mark.parametrize("accept", [BROWSER, AGENT, "", "application/json"])
def test_the_address_of_the_markdown_is_always_markdown(client, accept):
    answer = get(client, "/a.md", accept)

    assert answer.content == b"markdown"
    assert answer["Vary"] == "Accept-Encoding"


def test_a_page_without_markdown_is_the_same_for_all(client):
    answers = [get(client, "/one/", accept) for accept in (BROWSER, AGENT)]

    assert [answer.content for answer in answers] == [b"html", b"html"]
    assert {answer["Vary"] for answer in answers} == {"Accept-Encoding"}


def test_the_cache_keeps_one_page_for_each_form(client):
    order = [BROWSER, AGENT, "*/*", "text/markdown", BROWSER]

    forms = [get(client, "/a/", accept).content.decode() for accept in order]

    assert forms == ["html", "markdown", "html", "markdown", "html"]
    assert STATE["rendered"] == 2


def test_each_form_has_its_own_etag(client):
    html, markdown = (get(client, "/a/", accept)["ETag"] for accept in (BROWSER, AGENT))

    assert html != markdown
    for accept, etag, status in [
        (BROWSER, html, 304),
        (AGENT, markdown, 304),
        (BROWSER, markdown, 200),
        (AGENT, html, 200),
    ]:
        assert get(client, "/a/", accept, if_none_match=etag).status_code == status


@pytest.mark.parametrize("accept", [BROWSER, AGENT])
def test_every_answer_of_a_page_with_two_forms_says_that_it_depends_on_accept(client, accept):
    page = get(client, "/a/", accept)
    answers = [
        page,
        client.head("/a/", headers={"accept": accept}),
        get(client, "/a/", accept, if_none_match=page["ETag"]),
        get(client, "/a/?w=1", accept),
        get(client, "/moved/", accept),
    ]
    STATE["raises"] = Http404()
    caches["pages"].clear()
    answers.append(get(client, "/a/", accept))

    assert [answer.status_code for answer in answers] == [200, 200, 304, 200, 301, 404]
    for answer in answers:
        assert "Accept" in answer["Vary"].split(", "), answer.status_code


def test_an_error_is_in_the_form_that_was_asked_for(client):
    client.raise_request_exception = False
    for STATE["raises"], words in [
        (Http404(), "# Page not found\n"),
        (ValueError(), "# Something went wrong on our side\n"),
    ]:
        for answer in (get(client, "/a.md", "*/*"), get(client, "/a/", AGENT)):
            assert answer["Content-Type"] == "text/markdown; charset=utf-8"
            assert answer.content.decode().startswith(words)
        assert get(client, "/a/", BROWSER)["Content-Type"] == "text/html; charset=utf-8"


def test_a_redirect_keeps_the_form(client):
    assert client.get("/moved.md?page=2")["Location"] == "/a.md?page=2"
    assert get(client, "/moved/?page=2", AGENT)["Location"] == "/a/?page=2"
    assert get(client, "/moved/", BROWSER)["Location"] == "/a/"
