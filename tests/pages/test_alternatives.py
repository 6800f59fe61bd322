from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import (
    make_category,
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tests.pages.json_ld import json_ld_of, violations
from tests.pages.reading import links, names, words
from tests.votes.ballots import make_votes
from tools.actions import change_tool, unpublish_tool

pytestmark = pytest.mark.django_db
URL = "/tools/ada/alternatives/"


@pytest.fixture
def ada():
    coding = make_category(name="Coding", slug="coding")
    return make_tool(name="Ada", slug="ada", category=coding, entry="paid", pricing="$9")


@pytest.fixture
def panel():
    return [make_reviewer(name) for name in ("Builder", "Skeptic", "Futurist")]


def reviewed(tool, panel, *scores):
    for reviewer, score in zip(panel, scores, strict=False):
        publish_review(tool, reviewer, score, "ship" if score >= 50 else "skip")
    return tool


def test_tools_are_ranked_by_panel_then_by_readers_then_by_name(client, ada, panel):
    reviewed(make_tool(name="Panel second"), panel, 60, 60, 60)
    reviewed(make_tool(name="Panel first"), panel, 90, 90, 90)
    reviewed(make_tool(name="A thin review"), panel, 100)
    make_votes(make_tool(name="Readers second"), ships=6, skips=6)
    make_votes(make_tool(name="Readers first"), ships=12)
    make_votes(make_tool(name="B few votes"), ships=9)
    gone = reviewed(make_tool(name="Gone"), panel, 99, 99, 99)
    gone.status = "discontinued"
    change_tool(tool=gone)
    make_tool(name="Of another category", category=make_category())
    make_tool(name="Draft", published=False)

    page = client.get(URL)

    assert names(page) == [
        "Panel first", "Panel second", "Readers first", "Readers second", "A thin review", "B few votes", "Gone",
    ]  # fmt: skip
    assert (
        "Tools with 3 or more reviews come first, by panel score; then tools with 10 or more votes, by community "
        "rank; then the others by name. Discontinued tools come last."
    ) in words(page)


def test_at_most_twenty_are_listed_and_both_orders_are_complete(client, ada, panel):
    for n in range(15):
        reviewed(make_tool(name=f"Panel {n:02}"), panel, 90 - n, 90 - n, 90 - n)
        make_votes(make_tool(name=f"Readers {n:02}"), ships=40 - n)

    found = names(client.get(URL))

    assert found == [f"Panel {n:02}" for n in range(15)] + [f"Readers {n:02}" for n in range(5)]


def test_each_says_what_differs_where_both_are_known(client, ada, panel):
    licence = make_fact_kind(name="Licence")
    context = make_fact_kind("number", name="Context", unit="tokens")
    hosting = make_fact_kind("boolean", name="Self-hosting")
    offline = make_fact_kind("boolean", name="Offline")
    other = make_tool(name="Bea", slug="bea", entry="free", pricing="Free of charge")
    for tool, values in [(ada, ["MIT", 8000, True]), (other, [" mit", 200_000, True])]:
        for kind, value in zip([licence, context, hosting], values, strict=True):
            make_fact(tool, kind, value)
    make_fact(ada, offline, True)
    reviewed(ada, panel, 80)
    reviewed(other, panel, 20)

    text = words(client.get(URL))

    assert (
        "Entry: Free instead of Paid Pricing: Free of charge Panel verdict: Skip instead of Ship Context: 200,000 tokens instead of 8000 "
        "tokens"
    ) in text
    assert "Licence: " not in text
    assert "Self-hosting" not in text
    assert "Offline" not in text


def test_a_tool_that_differs_in_nothing_known_says_so(client, ada):
    make_tool(name="Bea", entry="paid", pricing="")

    assert "No known difference in entry, pricing, verdict or facts." in words(client.get(URL))


def test_each_leads_to_its_page_and_to_the_comparison(client, ada):
    make_tool(name="Bea", slug="bea")

    found = links(client.get(URL))

    assert "/tools/bea/" in found
    assert "/compare/ada-vs-bea/" in found


def test_a_discontinued_alternative_names_its_successor(client, ada):
    heir = make_tool(name="Heir", slug="heir", category=make_category())
    make_tool(name="Gone", category=ada.category, status="discontinued", successor=heir)

    page = client.get(URL)

    assert "Gone Does one thing. Discontinued. Use instead: Heir" in words(page)
    assert "/tools/heir/" in links(page)


def test_a_successor_that_is_a_draft_is_not_named(client, ada):
    make_tool(
        name="Gone", status="discontinued", successor=make_tool(name="Secret", published=False)
    )

    assert "Secret" not in client.get(URL).content.decode()


def test_the_page_of_a_discontinued_tool_says_so_first(client, ada):
    ada.status, ada.successor = "discontinued", make_tool(name="Heir", category=make_category())
    change_tool(tool=ada)

    text = words(client.get(URL))

    notice = "Discontinued. It is no longer available. Use instead: Heir"
    assert text.index(notice) < text.index("Alternatives to Ada")


def test_without_other_tools_the_page_says_so(client, ada):
    page = client.get(URL)

    assert "There are no other tools in Coding yet. Browse all tools" in words(page)
    assert "/tools/" in links(page)


def test_title_and_description_say_what_the_page_has(client, ada):
    make_tool(name="Bea")

    html = client.get(URL).content.decode()

    assert "<title>Alternatives to Ada — Ship or Skip</title>" in html
    assert (
        'content="1 tool to use instead of Ada. What differs in price, licence and panel verdict."'
        in html
    )


def test_search_engines_are_told_the_order_and_the_place_of_the_page(client, ada, panel):
    make_tool(name="Worse", slug="worse")
    reviewed(make_tool(name="Better", slug="better"), panel, 90, 90, 90)

    ranked, trail = json_ld_of(client.get(URL))

    assert [*violations(ranked), *violations(trail)] == []
    assert ranked["name"] == "Alternatives to Ada"
    assert [item["name"] for item in ranked["itemListElement"]] == ["Better", "Worse"]
    assert [item["name"] for item in trail["itemListElement"]] == [
        "Tools", "Coding", "Ada", "Alternatives",
    ]  # fmt: skip


def test_a_withdrawn_tool_answers_as_its_own_page_does(client, ada):
    unpublish_tool(tool=ada, reason="It is a copy.")

    page = client.get(URL)

    assert page.status_code == 200
    assert words(page) == words(client.get("/tools/ada/"))
    assert 'name="robots" content="noindex"' in page.content.decode()


@pytest.mark.parametrize("fields", [{"published": False}, {"published_at": "2999-01-01T00:00Z"}])
def test_what_is_not_published_is_not_found_and_not_listed(client, ada, fields):
    make_tool(name="Secret", slug="secret", **fields)

    assert client.get("/tools/secret/alternatives/").status_code == 404
    assert "Secret" not in client.get(URL).content.decode()


@pytest.mark.parametrize("slug", ["ADA", "first"])
def test_an_old_address_leads_to_the_present_one(client, slug):
    tool = make_tool(slug="first")
    tool.slug = "ada"
    change_tool(tool=tool)

    answer = client.get(f"/tools/{slug}/alternatives/?a=b")

    assert (answer.status_code, answer["Location"]) == (301, f"{URL}?a=b")


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_takes_seven_queries_whatever_is_on_it(
    client, django_assert_num_queries, ada, rows
):
    kind, heir = make_fact_kind(), make_tool(published_at=timezone.now() - timedelta(days=1))
    make_fact(ada, kind, "x")
    for _ in range(rows):
        make_fact(make_tool(status="discontinued", successor=heir), kind, "y")

    # The state of the catalogue, the tool, two orders, the tools in them, their facts and successors.
    with django_assert_num_queries(7):
        client.get(URL)
