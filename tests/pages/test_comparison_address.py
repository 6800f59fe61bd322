"""One comparison has one address; every other spelling of it leads there, and none is a 500."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_tool
from tools.comparison_urls import DIVIDER, comparison_url, slugs_in

pytestmark = pytest.mark.django_db

slugs = st.from_regex(r"\A[a-z0-9]{1,5}(-[a-z0-9]{1,5}){0,2}\Z").filter(
    lambda slug: "vs" not in slug.split("-")
)


@pytest.fixture
def tools():
    return [make_tool(name=slug.title(), slug=slug) for slug in ("ada", "bert", "cleo", "dora")]


def redirect_of(client, path):
    """(status, location) of the answer to `path`."""
    response = client.get(path)
    return response.status_code, response.headers.get("Location")


@given(st.sets(slugs, min_size=2, max_size=4))
def test_the_canonical_address_names_its_tools_and_is_canonical(chosen):
    pair = comparison_url(*chosen).split("/")[2]

    assert set(slugs_in(pair)) == chosen
    assert DIVIDER.join(slugs_in(pair)) == pair


@given(st.lists(slugs, min_size=2, max_size=4, unique=True), st.randoms())
def test_the_order_of_the_tools_makes_no_other_address(chosen, random):
    shuffled = random.sample(chosen, len(chosen))

    assert comparison_url(*shuffled) == comparison_url(*chosen)
    assert slugs_in(DIVIDER.join(shuffled)) == slugs_in(DIVIDER.join(chosen))


def test_the_canonical_address_is_the_page(client, tools):
    assert client.get("/compare/ada-vs-bert/").status_code == 200
    assert client.get("/compare/ada-vs-bert-vs-cleo-vs-dora/").status_code == 200


@pytest.mark.parametrize(
    "pair", ["bert-vs-ada", "ada-vs-bert-vs-ada", "bert-vs-ada-vs-bert-vs-ada", "ada-vs-bert-vs-"]
)
def test_another_order_and_a_repeated_tool_redirect_permanently(client, tools, pair):
    assert redirect_of(client, f"/compare/{pair}/") == (301, "/compare/ada-vs-bert/")


def test_a_redirect_keeps_the_query(client, tools):
    assert redirect_of(client, "/compare/bert-vs-ada/?diff=1&from=mail") == (
        301,
        "/compare/ada-vs-bert/?diff=1&from=mail",
    )


def test_an_old_slug_redirects_permanently(client, tools):
    tools[0].slug = "zora"
    tools[0].save()

    assert redirect_of(client, "/compare/ada-vs-bert/") == (301, "/compare/bert-vs-zora/")


def test_the_old_and_the_new_slug_of_one_tool_are_one_tool(client, tools):
    tools[0].slug = "zora"
    tools[0].save()

    assert redirect_of(client, "/compare/ada-vs-zora/") == (302, "/compare/?tools=zora")


@pytest.mark.parametrize("pair", ["ada", "ada-vs-ada", "ada-vs-", "-vs-ada"])
def test_one_tool_alone_redirects_to_the_picker(client, tools, pair):
    assert redirect_of(client, f"/compare/{pair}/") == (302, "/compare/?tools=ada")


def test_more_than_four_tools_are_a_404_that_says_the_maximum(client, tools):
    response = client.get("/compare/ada-vs-bert-vs-cleo-vs-dora-vs-emil/")

    assert response.status_code == 404
    assert "You can compare at most 4 tools" in response.text


def test_four_tools_of_which_one_is_repeated_are_not_too_many(client, tools):
    path = "/compare/ada-vs-bert-vs-cleo-vs-dora-vs-ada/"

    assert redirect_of(client, path) == (301, "/compare/ada-vs-bert-vs-cleo-vs-dora/")


def test_an_unknown_tool_is_named_with_those_that_look_like_it(client, tools):
    make_tool(name="Windsurf", slug="windsurf")

    response = client.get("/compare/ada-vs-bert-vs-windsruf/")

    assert response.status_code == 404
    assert "There is no tool called “<bdi>windsruf</bdi>”" in response.text
    assert 'href="/compare/ada-vs-bert-vs-windsurf/"' in response.text
    assert 'href="/compare/ada-vs-bert/"' in response.text  # those that are known


def test_a_draft_is_as_unknown_as_a_tool_of_a_later_date(client, tools):
    make_tool(slug="draft", published=False)

    response = client.get("/compare/ada-vs-draft/")

    assert response.status_code == 404
    assert "There is no tool called “<bdi>draft</bdi>”" in response.text
    assert 'href="/compare/?tools=ada"' in response.text


def test_the_old_slug_of_a_draft_is_unknown(client, tools):
    draft = make_tool(slug="draft", published=False)
    draft.slug = "renamed"
    draft.save()

    assert client.get("/compare/ada-vs-draft/").status_code == 404


@pytest.mark.parametrize(
    "pair",
    [
        "-vs-",
        "vs",
        "-vs--vs-",
        "a-vs-",
        "a" * 10_000,
        "-vs-".join("abcd") * 900,
        "علام-vs-通义",
        "%ED%A0%80-vs-%FF",
        "a%2Fb",
        "<script>-vs-ada",
        "ada-vs-bert%0A",
        "..",
        "' OR 1=1 -- -vs-%25",
    ],
)
def test_no_url_causes_a_500(client, tools, pair):
    assert client.get(f"/compare/{pair}/").status_code in (302, 404)


def test_an_unknown_slug_is_escaped_and_cut(client, tools):
    response = client.get("/compare/%3Cscript%3E" + "a" * 5000 + "-vs-ada/")

    assert "<script>a" not in response.text
    assert "&lt;script&gt;" + "a" * 72 + "</bdi>" in response.text


def test_a_404_costs_at_most_seven_queries(client, tools, django_assert_num_queries):
    with django_assert_num_queries(7):
        client.get("/compare/unknown-one-vs-unknown-two-vs-unknown-three-vs-unknown-four/")
