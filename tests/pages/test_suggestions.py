"""The suggestions under the search of the header, with whatever a stranger sends."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import make_category, make_reviewer, make_tool, publish_review
from tools.models import Tool

pytestmark = pytest.mark.django_db
HOSTILE = [
    "q=' ( :* !", "q=%25_%5C", "q=%25%25", "q=" + "a" * 10_000, "q=%FF%FE", "q=%EF%B7%BA" * 1 + "%EF%B7%BA" * 300,
    "q=a vs b vs c vs d vs e", "q= vs ", "q=compare ", "q=compare ,,,,", "q=!!!", "q='", "q=:* & |", "q=\\",
    "q=ada&tools=%FF", "q=" + "ab vs " * 2000, "q=%F0%9F%98%80%F0%9F%98%80", "q=ada&q=bo", "q=%E2%80%8B%E2%80%8B",
]  # fmt: skip


@pytest.fixture
def tools():
    agents = make_category(name="Agents", slug="agents")
    return [
        make_tool(name=name, slug=slug, category=agents)
        for name, slug in [
            ("Ada", "ada"), ("Adele", "adele"), ("My Ada", "my-ada"), ("Bert", "bert"), ("Élan 日本語", "elan"),
        ]
    ]  # fmt: skip


def suggested(client, text, **data):
    """The names of the suggestions and their addresses."""
    html = client.get("/tools/suggest/", {"q": text, **data}).text
    return [
        (name, url)
        for url, name in re.findall(
            r'role="option".*?href="([^"]+)".*?<bdi>(.*?)</bdi>', html, re.S
        )
    ]


def names(client, text):
    return [name for name, _ in suggested(client, text)]


def test_names_that_begin_so_come_before_names_with_such_a_word(client, tools):
    assert names(client, "ad") == ["Ada", "Adele", "My Ada"]


def test_the_whole_name_comes_first(client, tools):
    pro = make_tool(name="Ada Pro")
    for name in ("Builder", "Founder", "Skeptic"):
        publish_review(pro, make_reviewer(name), 99)

    assert names(client, "ada")[0] == "Ada"


def test_of_several_the_best_rated_comes_first_and_a_discontinued_one_last(client, tools):
    for name in ("Builder", "Founder", "Skeptic"):
        publish_review(tools[1], make_reviewer(name), 99)
    make_tool(name="Ad Astra", status="discontinued")

    assert names(client, "ad") == ["Adele", "Ada", "Ad Astra", "My Ada"]


@pytest.mark.parametrize("text", ["ELAN", "élan", "Elan 日", "日本", "日", "語"])
def test_accents_and_scripts_are_folded_as_in_the_search(client, tools, text):
    assert suggested(client, text) == [("Élan 日本語", "/tools/elan/")]


def test_tools_categories_and_reviewers_lead_to_their_pages(client, tools):
    make_category(name="Adaptive agents", slug="adaptive")
    make_reviewer("Adam the Builder", slug="adam")

    assert suggested(client, "adap") == [("Adaptive agents", "/categories/adaptive/")]
    assert suggested(client, "build") == [("Adam the Builder", "/reviewers/adam/")]
    assert suggested(client, "bert") == [("Bert", "/tools/bert/")]


def test_no_more_than_five_tools_two_categories_and_a_reviewer_in_this_order(client):
    for number in range(6):
        make_tool(name=f"Ada {number}", category=make_category(name=f"Ada things {number}"))
        make_reviewer(f"Ada Person {number}")

    found = [url.split("/")[1] for _, url in suggested(client, "ada")]

    assert found == ["tools"] * 5 + ["categories"] * 2 + ["reviewers"]


def test_a_retired_reviewer_comes_after_an_active_one(client):
    make_reviewer("Ada One", is_active=False)
    make_reviewer("Ada Two")

    assert names(client, "ada") == ["Ada Two"]


def test_two_names_lead_to_their_comparison_also_while_the_second_is_unfinished(client, tools):
    assert suggested(client, "bert vs ad") == [
        ("Bert vs Ada", "/compare/ada-vs-bert/"),
        ("Bert vs Adele", "/compare/adele-vs-bert/"),
        ("Bert vs My Ada", "/compare/bert-vs-my-ada/"),
    ]
    assert suggested(client, "compare my ada, bert and élan") == [
        ("My Ada vs Bert vs Élan 日本語", "/compare/bert-vs-elan-vs-my-ada/")
    ]


def test_a_tool_is_not_compared_with_itself_and_an_unknown_one_with_none(client, tools):
    assert names(client, "ada vs ad") == ["Ada vs Adele", "Ada vs My Ada"]
    assert names(client, "nobody vs ada") == []
    assert names(client, "ada vs nobody") == []


def test_a_tool_whose_name_looks_like_a_comparison_is_found(client, tools):
    make_tool(name="This or That", slug="this-or-that")

    assert suggested(client, "this or th") == [("This or That", "/tools/this-or-that/")]


def test_drafts_and_scheduled_tools_are_not_suggested(client, tools):
    make_tool(name="Adamant", published=False)
    scheduled = make_tool(name="Adamas Adamantine", published=False)
    Tool.objects.filter(pk=scheduled.pk).update(published_at=timezone.now() + timedelta(days=1))

    assert names(client, "adama") == []
    assert names(client, "adamantine") == []


def test_a_letter_is_too_short_and_costs_nothing(client, tools, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/tools/suggest/?q=a").text.strip() == ""


def test_nothing_found_is_said(client, tools):
    assert "No suggestions for “<bdi>&lt;x&gt;</bdi>”" in client.get("/tools/suggest/?q=<x>").text


@pytest.mark.parametrize("text", ["ad", "ada vs be", "nothing", "a vs b vs c vs d"])
def test_suggestions_cost_one_query(client, tools, django_assert_num_queries, text):
    with django_assert_num_queries(1):
        client.get("/tools/suggest/", {"q": text})


@pytest.mark.parametrize("query", HOSTILE)
def test_no_query_causes_a_500(client, tools, query):
    assert client.get(f"/tools/suggest/?{query}").status_code == 200


def test_suggestions_are_the_same_for_everyone_for_some_seconds(client, tools):
    response = client.get("/tools/suggest/?q=ada")

    assert response["Cache-Control"] == "public, max-age=10"
    assert not response.cookies


def test_the_search_of_the_header_is_on_every_page_and_shows_the_text(client, tools):
    for url in ["/", "/compare/", "/tools/ada/", "/method/", "/nowhere/"]:
        html = client.get(url).text
        assert html.count('role="search" aria-label="Site"') == 1, url
        assert html.count('type="search" name="q" value="" placeholder="Search tools"') == 1, url
    html = client.get("/tools/?q=zzz%22").text
    assert 'name="q" value="zzz&quot;" placeholder' in html
    assert html.count('type="search"') == 1
