"""Choosing tools: the picker's page and the suggestions, with whatever a stranger sends."""

import pytest

from reviews.close_calls import CLOSE_CALLS
from tests.factories import make_category, make_reviewer, make_tool, publish_review
from tests.pages.reading import words

pytestmark = pytest.mark.django_db
BAD_QUERIES = [
    "q=' ( :* !",
    "q=%25_%5C",
    "q=" + "a" * 10_000,
    "q=%FF%FE",
    "tools=,,,-vs-,%FF&q=ada",
]


@pytest.fixture
def tools():
    return [make_tool(name=name, slug=name.lower()) for name in ("Ada", "Adele", "Bert", "Cleo")]


def redirect(client, query):
    response = client.get(f"/compare/?{query}")
    assert response.status_code == 302, response.text
    return response["Location"]


def suggested(client, query):
    """The addresses of the suggestions."""
    response = client.get(f"/tools/suggest/?{query}")
    return [
        part.partition('href="')[2].split('"')[0]
        for part in response.text.split('role="option"')[1:]
    ]


def test_chosen_tools_lead_to_their_comparison(client, tools):
    assert redirect(client, "tools=bert,ada") == "/compare/ada-vs-bert/"
    assert redirect(client, "tools=bert&tools=ada&tools=cleo") == "/compare/ada-vs-bert-vs-cleo/"


def test_compare_leads_there_even_with_a_name_in_the_field(client, tools):
    assert redirect(client, "tools=ada&q=ber&tools=bert&go=1") == "/compare/ada-vs-bert/"


def test_a_search_keeps_what_is_chosen_and_shows_matches(client, tools):
    response = client.get("/compare/?tools=ada,bert&q=cle")

    assert response.status_code == 200
    assert 'value="ada" checked' in response.text
    assert 'value="bert" checked' in response.text
    assert 'value="cleo">' in response.text


def test_one_chosen_tool_stays_on_the_picker(client, tools):
    response = client.get("/compare/?tools=ada")

    assert 'value="ada" checked' in response.text
    assert "Select at least one more." in response.text


def test_an_old_slug_is_chosen_as_the_tool_it_belonged_to(client, tools):
    tools[0].slug = "zora"
    tools[0].save()

    assert redirect(client, "tools=ada,bert") == "/compare/bert-vs-zora/"


def test_more_than_four_are_left_out_by_name(client, tools):
    make_tool(name="Dora", slug="dora")

    response = client.get("/compare/?tools=ada,adele,bert,cleo,dora&go=1")

    assert response.status_code == 200
    assert "You can compare at most 4 tools. Left out: Dora" in words(response)


def test_a_name_that_only_one_tool_has_is_added_at_once(client, tools):
    assert redirect(client, "tools=ada,bert&add=cleo") == "/compare/ada-vs-bert-vs-cleo/"
    assert redirect(client, "tools=bert,cleo&add=ada") == "/compare/ada-vs-bert-vs-cleo/"


def test_a_name_that_several_tools_have_is_left_to_choose(client, tools):
    response = client.get("/compare/?tools=bert,cleo&add=ad")

    assert response.status_code == 200
    assert 'value="ada">' in response.text
    assert 'value="adele">' in response.text


def test_a_similar_name_is_never_added_automatically(client, tools):
    response = client.get("/compare/?tools=ada,bert&add=kleo")

    assert response.status_code == 200
    assert "Did you mean" in response.text


def test_drafts_can_be_neither_chosen_nor_found(client, tools):
    make_tool(name="Draft", slug="draft", published=False)

    assert 'name="tools" value="draft"' not in client.get("/compare/?tools=draft&q=draft").text
    assert "/compare/?tools=draft" not in suggested(client, "q=draft&tools=ada")


def test_near_scores_of_a_category_are_offered(client):
    category = make_category(name="Editors")
    reviewers = [make_reviewer() for _ in range(3)]
    for slug, score in [("ada", 80), ("bert", 81)]:
        tool = make_tool(slug=slug, category=category)
        for reviewer in reviewers:
            publish_review(tool, reviewer, score)

    CLOSE_CALLS.refresh()

    response = client.get("/compare/")

    assert 'href="/compare/ada-vs-bert/"' in response.text
    assert "Editors · 1 point apart, 3 reviewers" in response.text


def test_an_empty_site_says_that_there_is_nothing_to_compare(client):
    assert "No close calls yet" in client.get("/compare/").text


def test_the_picker_costs_the_same_for_one_chosen_and_for_three(
    client, tools, django_assert_num_queries
):
    for chosen in ["ada", "ada,bert,adele"]:
        with django_assert_num_queries(7):
            client.get(f"/compare/?tools={chosen}&q=cleo")


@pytest.mark.parametrize("query", [*BAD_QUERIES, "tools=" + "a," * 5000, "tools=ada&add=%FF"])
def test_no_query_causes_a_500(client, tools, query):
    assert client.get(f"/compare/?{query}").status_code == 200
    assert client.get(f"/tools/suggest/?{query}").status_code == 200


def test_suggestions_lead_to_the_comparison_with_one_more(client, tools):
    assert suggested(client, "q=cle&tools=bert,ada") == ["/compare/ada-vs-bert-vs-cleo/"]


def test_names_that_begin_so_come_first_and_chosen_ones_not_at_all(client, tools):
    make_tool(name="My Ada", slug="my-ada")

    assert suggested(client, "q=ada&tools=bert") == [
        "/compare/ada-vs-bert/",
        "/compare/bert-vs-my-ada/",
    ]
    assert suggested(client, "q=ada&tools=ada") == ["/compare/ada-vs-my-ada/"]


def test_a_description_is_searched_too(client, tools):
    make_tool(name="Qdrant", slug="qdrant", tagline="Keeps vectors.")

    assert suggested(client, "q=vector&tools=ada") == ["/compare/ada-vs-qdrant/"]


def test_a_mistyped_name_is_guessed(client, tools):
    response = client.get("/tools/suggest/?q=adelle&tools=bert")

    assert "Did you mean" in response.text
    assert 'href="/compare/adele-vs-bert/"' in response.text


def test_a_letter_is_too_little_to_suggest_anything(client, tools, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/tools/suggest/?q=a&tools=bert")

    assert "Type at least two letters." in response.text


def test_no_more_than_eight_are_suggested(client):
    for number in range(9):
        make_tool(name=f"Ada {number}")

    assert len(suggested(client, "q=ada&tools=bert")) == 8


def test_suggestions_cost_four_queries_and_a_guess_four(client, tools, django_assert_num_queries):
    with django_assert_num_queries(4):
        client.get("/tools/suggest/?q=ada&tools=bert,cleo")
    with django_assert_num_queries(4):
        client.get("/tools/suggest/?q=adelle&tools=bert,cleo")


def test_suggestions_are_only_read(client):
    assert client.post("/tools/suggest/", {}, "text/plain").status_code == 405
