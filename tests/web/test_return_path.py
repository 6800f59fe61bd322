"""Where a result page leads back to: never to another site."""

import pytest
from django.http import HttpResponse

from web.return_path import read_return_path, with_return_path

RESULT = "/tools/ada/vote/"


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = "https://shiporskip.example"


def result_page(rf, referer=None, **query):
    headers = {} if referer is None else {"referer": referer}
    return with_return_path(rf.post("/", headers=headers), RESULT, **query)


@pytest.mark.parametrize(
    "path, back",
    [
        ("/", "%2F"),
        ("/compare/a-vs-b/", "%2Fcompare%2Fa-vs-b%2F"),
        ("/tools/?q=code&page=2", "%2Ftools%2F%3Fq%3Dcode%26page%3D2"),
    ],
)
@pytest.mark.parametrize("site", ["https://shiporskip.example", "http://testserver"])
def test_a_result_page_is_told_the_path_of_the_form(rf, site, path, back):
    assert result_page(rf, site + path) == f"{RESULT}?back={back}"


@pytest.mark.parametrize(
    "referer",
    [
        None,
        "",
        "https://evil.example/compare/a-vs-b/",
        "https://shiporskip.example.evil.example/",
        "https://shiporskip.example//evil.example/",
        "https://shiporskip.example/\\evil.example/",
        "https://[",
        "about:blank",
        "javascript:alert(1)",
        "/compare/a-vs-b/",
        f"https://shiporskip.example{RESULT}",
        f"https://shiporskip.example{RESULT}?back=https://evil.example/",
        f"https://shiporskip.example{RESULT}?back=//evil.example/",
    ],
)
def test_a_result_page_is_told_nothing_of_another_site(rf, referer):
    assert result_page(rf, referer) == RESULT


def test_a_result_page_passes_on_where_it_leads_back_to(rf):
    referer = f"https://shiporskip.example{RESULT}?undo=ship&back=%2Fcompare%2Fa-vs-b%2F"

    assert result_page(rf, referer) == f"{RESULT}?back=%2Fcompare%2Fa-vs-b%2F"


def test_empty_values_are_left_out_of_the_address(rf):
    assert result_page(rf, undo="ship", reason="") == f"{RESULT}?undo=ship"


@pytest.mark.parametrize(
    "back, path",
    [
        ("/tools/?q=a", "/tools/?q=a"),
        ("", ""),
        ("tools/", ""),
        ("//evil.example/", ""),
        ("///evil.example/", ""),
        ("/\\evil.example/", ""),
        ("https://evil.example/", ""),
        ("javascript:alert(1)", ""),
        ("/\x01//evil.example", "/\x01//evil.example"),
    ],
)
def test_only_a_path_of_this_site_is_led_back_to(rf, back, path):
    assert read_return_path(rf.get("/", {"back": back})) == path


@pytest.mark.parametrize(
    "referer, path",
    [
        ("https://shiporskip.example/tools/?page=2", "/tools/?page=2"),
        ("https://evil.example/tools/", ""),
        (f"https://shiporskip.example{RESULT}", ""),
        (f"https://shiporskip.example{RESULT}?back=%2Ftools%2F", "/tools/"),
    ],
)
def test_without_a_path_in_the_address_the_page_that_linked_here_is_led_back_to(rf, referer, path):
    assert read_return_path(rf.get(RESULT, headers={"referer": referer})) == path


@pytest.mark.django_db
def test_a_result_page_shows_no_link_to_another_site(client):
    response = client.get("/newsletter/asked/?back=//evil.example/")

    assert isinstance(response, HttpResponse)
    assert "evil.example" not in response.content.decode()
