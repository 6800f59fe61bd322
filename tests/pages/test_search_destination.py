"""Searches that name a page lead to it."""

import pytest

from tests.factories import make_tool

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tools():
    for name, slug in [
        ("Ada", "ada"), ("Bea (Pro)", "bea"), ("Café AI", "cafe-ai"), ("Dot One", "dot-one"), ("Dot Two", "dot-two"),
        ("Eve", "eve"), ("Eve Next", "eve-next"),
    ]:  # fmt: skip
        make_tool(name=name, slug=slug)
    make_tool(name="Hidden", slug="hidden", published=False)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("Ada vs Bea", "/compare/ada-vs-bea/"),
        ("bea VS. ada", "/compare/ada-vs-bea/"),
        ("ada versus cafe ai", "/compare/ada-vs-cafe-ai/"),
        ("ada or bea or café", "/compare/ada-vs-bea-vs-cafe-ai/"),
        ("compare Ada and Bea", "/compare/ada-vs-bea/"),
        ("compare ada, bea, cafe & dot one", "/compare/ada-vs-bea-vs-cafe-ai-vs-dot-one/"),
        ("eve vs ada", "/compare/ada-vs-eve/"),
        ("alternatives to Ada", "/tools/ada/alternatives/"),
        ("Bea alternative", "/tools/bea/alternatives/"),
        ("best alternatives for dot-two", "/tools/dot-two/alternatives/"),
    ],
)
def test_a_search_that_names_tools_redirects_to_their_page(client, text, url):
    response = client.get("/tools/", {"q": text})

    assert (response.status_code, response["Location"]) == (302, url)


@pytest.mark.parametrize(
    "text",
    [
        "ada", "ada and bea", "ada vs", "vs", "ada vs ada", "ada vs dot", "ada vs nobody", "ada vs hidden",
        "ada vs bea vs cafe vs eve vs dot one", "alternatives to dot", "alternatives", "alternative to", "compare",
        "compare ada", "a vs \0", "' vs \"", "% or _", " or ".join("x" * 30),
    ],
)  # fmt: skip
def test_any_other_search_shows_results(client, text):
    assert client.get("/tools/", {"q": text}).status_code in {200, 400}


@pytest.mark.parametrize("more", [{"entry": "free"}, {"sort": "name"}, {"page": "2"}])
def test_a_search_with_filters_stays_in_the_directory(client, more):
    assert client.get("/tools/", {"q": "ada vs bea"} | more).status_code == 200


def test_empty_filters_of_the_form_are_none(client):
    assert client.get("/tools/?q=ada+vs+bea&category=&sort=").status_code == 302
