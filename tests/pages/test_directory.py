from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.networks import networks_of
from tests.factories import (
    make_category,
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tests.pages.reading import links, names, words
from tools.models import Tool

pytestmark = pytest.mark.django_db


@pytest.fixture
def three_tools():
    """Three tools, scored 90 (ship), 60 (skip) and not at all."""
    coding, speech = make_category(name="Coding"), make_category(name="Speech")
    builder = make_reviewer("Builder")
    high = make_tool(name="High", slug="high", category=coding, entry="paid")
    low = make_tool(name="Low", slug="low", category=speech)
    make_tool(name="New", slug="new", category=coding)
    publish_review(high, builder, 90)
    publish_review(low, builder, 60, "skip")
    return coding, speech


def test_the_directory_shows_the_best_panel_score_first_and_the_unscored_last(client, three_tools):
    assert names(client.get("/tools/")) == ["High", "Low", "New"]


def test_drafts_and_tools_of_a_later_date_are_not_listed_nor_counted(client, three_tools):
    coding, _ = three_tools
    make_tool(name="Draft", published=False, category=coding)
    make_tool(name="Later", published_at=timezone.now() + timedelta(days=1), category=coding)

    page = client.get("/tools/")

    assert names(page) == ["High", "Low", "New"]
    assert "3 tools" in words(page)
    assert "Coding (2)" in words(page)


def test_only_categories_with_something_to_show_are_offered(client, three_tools):
    make_tool(published=False, category=make_category(name="Secret plans"))

    text = words(client.get("/tools/"))

    assert "All categories Coding (2) Speech (1) Panel verdict" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("category={coding}", ["High", "New"]),
        ("entry=paid", ["High"]),
        ("verdict=skip", ["Low"]),
        ("verdict=none", ["New"]),
        ("sort=name", ["High", "Low", "New"]),
        ("q=low", ["Low"]),
        ("q=LOW&category={coding}", []),
    ],
)
def test_a_filter_leaves_only_what_it_names(client, three_tools, query, found):
    coding, _ = three_tools

    page = client.get("/tools/?" + query.format(coding=coding.slug))

    assert names(page) == found


@pytest.fixture
def facts(three_tools):
    """High: MIT, self-hosted; Low: MIT; and a kind of facts that is no filter."""
    licence = make_fact_kind(name="Licence", slug="licence", is_filter=True)
    hosting = make_fact_kind("boolean", name="Hosting", slug="hosting", is_filter=True)
    languages = make_fact_kind(name="Languages", slug="languages")
    for tool in Tool.objects.filter(slug__in=["high", "low"]):
        make_fact(tool, licence, "MIT")
        make_fact(tool, hosting, tool.slug == "high")
        make_fact(tool, languages, "Go")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=active", ["High", "Low", "New"]),
        ("status=paused", []),
        ("fact=licence:MIT", ["High", "Low"]),
        ("fact=licence:MIT&fact=hosting:yes", ["High"]),
        ("fact=licence:MIT&fact=hosting:no&verdict=ship", []),
        ("fact=licence:mit", []),
        ("fact=licence:O%27Neill%20%5C%20%26%20%7C%20%21", []),
        ("fact=licence:MIT&fact=licence:BSD", ["High", "Low"]),
        ("fact=languages:Go", ["High", "Low", "New"]),
        ("q=high&fact=hosting:yes", ["High"]),
        ("q=high&fact=hosting:no", []),
        ("q=high&status=paused", []),
    ],
)
def test_status_and_facts_filter_lists_and_searches(client, facts, query, found):
    assert names(client.get(f"/tools/?{query}")) == found


def test_choices_tell_how_many_tools_they_list_beside_the_other_filters(client, facts):
    text = words(client.get("/tools/?entry=paid"))

    assert "All categories Coding (1) Panel verdict Any verdict Ship (1) Entry" in text
    assert "Entry Any price Free (2) Paid (1) What it costs to start" in text
    assert "Hosting Any Yes (1) Licence Any MIT (1) Sort by" in text
    assert "Languages" not in text


def test_the_choices_of_a_search_count_what_it_finds(client, facts):
    text = words(client.get("/tools/?q=low"))

    assert "All categories Speech (1) Panel verdict Any verdict Skip (1) Entry" in text
    assert "Hosting Any No (1) Licence Any MIT (1) Sort by" in text


def test_lower_bounds_have_a_plus(client, facts, monkeypatch):
    monkeypatch.setattr("reviews.listing.facet_counts.MOST", 1)

    text = words(client.get("/tools/?fact=licence:MIT"))

    assert "Licence Any MIT (2)" in text
    assert "(1+)" in text


def test_a_fact_has_a_chip_of_its_own(client, facts):
    page = client.get("/tools/?fact=licence:MIT&fact=hosting:yes&q=high")

    assert "Remove filter Licence: MIT" in words(page)
    assert "Remove filter Hosting: Yes" in words(page)
    assert "/tools/?q=high&fact=hosting%3Ayes" in links(page)
    assert "Clear all filters" in words(page)


def test_more_than_three_facts_are_not_combined(client):
    tool = make_tool()
    kinds = [make_fact_kind(name=f"K{n}", slug=f"k{n}", is_filter=True) for n in range(4)]
    for kind in kinds:
        make_fact(tool, kind, "x")

    page = client.get("/tools/?" + "&".join(f"fact={kind.slug}:x" for kind in kinds))

    assert "Choose at most 3 facts. The filter “ K3: x ” was not applied." in words(page)
    assert names(page) == [tool.name]


def test_most_divisive_sorts_by_the_spread_of_the_scores(client):
    one, two = make_reviewer("One"), make_reviewer("Two")
    agreed, divided = make_tool(name="Agreed"), make_tool(name="Divided")
    for tool, other_score in [(agreed, 80), (divided, 30)]:
        publish_review(tool, one, 82)
        publish_review(tool, two, other_score)

    assert names(client.get("/tools/?sort=divisive")) == ["Divided", "Agreed"]


def test_newest_review_sorts_by_its_date(client):
    builder = make_reviewer()
    old, new = make_tool(name="Old"), make_tool(name="New")
    today = timezone.localdate()
    publish_review(old, builder, 99, reviewed_on=today - timedelta(days=9))
    publish_review(new, builder, 10, "skip", reviewed_on=today)

    assert names(client.get("/tools/?sort=newest")) == ["New", "Old"]


def test_a_mistyped_name_finds_its_neighbours(client):
    make_tool(name="Qdrant", slug="qdrant")

    page = client.get("/tools/?q=qdrnat")

    assert "No tools found" in words(page)
    assert "Did you mean Qdrant ?" in words(page)
    assert "/tools/qdrant/" in links(page)


def test_each_active_filter_can_be_taken_away_alone(client, three_tools):
    coding, _ = three_tools

    page = client.get(f"/tools/?category={coding.slug}&entry=paid&sort=name")

    assert "/tools/?entry=paid&sort=name" in links(page)
    assert f"/tools/?category={coding.slug}&sort=name" in links(page)


@pytest.mark.parametrize(
    "query",
    [
        "sort=loudest",
        "category=nowhere",
        "entry=stolen",
        "verdict=maybe",
        "status=dead",
        "fact=",
        "fact=licence",
        "fact=licence:",
        "fact=licence:" + "x" * 61,
        "fact=hosting:maybe",
        "fact=:yes",
        "fact=%27%20%7C:%27",
        "page=-1",
        "page=99999999999999999999",
        "page=abc",
        "page=",
        "q=",
        "q=%20",
        "sort=name&sort=nix",
        "utm_source=" + "x" * 10_000,
    ],
)
def test_an_invalid_parameter_is_ignored(client, three_tools, query):
    make_fact_kind(slug="licence", is_filter=True)
    make_fact_kind("boolean", slug="hosting", is_filter=True)

    assert names(client.get(f"/tools/?{query}")) == ["High", "Low", "New"]


@pytest.mark.parametrize(
    "q", ["'", "(", ":*", "!", "%", "' ( :* ! %", "\\", "%FF%FE", "<b>", "a" * 10_000]
)
def test_no_search_breaks_the_directory(client, three_tools, q):
    page = client.get("/tools/", {"q": q})

    assert page.status_code == 200
    assert names(page) == []


def test_invalid_utf8_in_the_query_is_a_search_without_results(client, three_tools):
    assert "No tools found" in words(client.get("/tools/?q=%FF%FE"))


def test_a_search_is_cut_at_a_hundred_characters(client, three_tools):
    page = client.get("/tools/", {"q": "b" * 101})

    assert f'value="{"b" * 100}"' in page.content.decode()
    assert "b" * 101 not in page.content.decode()


def test_the_second_page_begins_where_the_first_one_ended(client):
    category = make_category()
    for n in range(25):
        make_tool(name=f"Tool {n:02}", category=category)

    first, second = client.get("/tools/?sort=name"), client.get("/tools/?sort=name&page=2")

    assert names(first) == [f"Tool {n:02}" for n in range(24)]
    assert names(second) == ["Tool 24"]
    assert "?sort=name&page=2" in links(first)


def test_a_page_link_holds_nothing_that_the_directory_did_not_understand(client):
    category = make_category()
    for _ in range(25):
        make_tool(category=category)

    page = client.get("/tools/?utm_source=mail&sort=loudest")

    assert "utm_source" not in page.content.decode()
    assert "loudest" not in page.content.decode()


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/tools/", "All AI tools — Ship or Skip"),
        ("/tools/?page=2", "All AI tools, page 2 — Ship or Skip"),
        ("/tools/?category=coding", "AI tools in Coding — Ship or Skip"),
        ("/tools/?category=coding&q=tool", "“tool”: AI tools — Ship or Skip"),
        ("/categories/coding/", "Coding: which one should you ship? — Ship or Skip"),
        (
            "/categories/coding/?page=2",
            "Coding: which one should you ship? (page 2) — Ship or Skip",
        ),
    ],
)
def test_each_page_of_a_list_has_a_title_of_its_own(client, path, title):
    category = make_category(name="Coding", slug="coding")
    for _ in range(25):
        make_tool(category=category)

    page = client.get(path).text

    found = page.partition("<title>")[2].partition("</title>")[0]
    assert " ".join(found.split()) == title


@pytest.mark.parametrize("tools", [1, 30])
@pytest.mark.parametrize(
    ("query", "queries"),
    [
        ("", 6),
        ("?status=active&entry=free", 6),
        ("?q=tool", 8),
        ("?q=tool&entry=free", 8),
        ("?q=zzzzzz", 7),
        ("?q=free%20zzzzzz", 9),
    ],
)
def test_the_directory_takes_as_many_queries_for_one_tool_as_for_a_full_page(
    client, django_assert_num_queries, tools, query, queries
):
    builder = make_reviewer()
    for _ in range(tools):
        publish_review(make_tool(), builder)
    networks_of("127.0.0.1")  # the first in a process reads the key of the day

    # The state of the catalogue, categories, the facts that are filters, how many, which, their rows (or, of none, the
    # nearest names). A search also reads what its words stand for, and what matches some of them if none matches all;
    # nothing is counted then.
    with django_assert_num_queries(queries):
        client.get(f"/tools/{query}")


def test_an_empty_catalogue_is_said_in_words(client):
    assert "No tools are published yet." in words(client.get("/tools/"))


@pytest.mark.parametrize("slug", ["before", "BEFORE", "After"])
def test_a_category_is_found_by_its_old_slug_and_in_any_case(client, slug):
    category = make_category(name="Coding", slug="before")
    make_tool(name="Inside", category=category)
    make_tool(name="Outside", category=make_category())
    category.slug = "after"
    category.save()

    page = client.get(f"/tools/?category={slug}&sort=name")

    assert names(page) == ["Inside"]
    assert '<option value="after" selected>' in page.text
    assert "Unknown" not in words(page)


def test_a_category_without_tools_finds_none(client):
    make_tool()
    make_category(name="Empty", slug="empty")

    page = client.get("/tools/?category=empty")

    assert names(page) == []
    assert "No tool matches these filters." in words(page)
    assert '<option value="empty" selected>' in page.text


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("category=nowhere", "Unknown category “ nowhere ”. This filter was not applied."),
        ("entry=cheap", "Unknown entry “ cheap ”. This filter was not applied."),
        ("verdict=great", "Unknown panel verdict “ great ”. This filter was not applied."),
        ("status=gone", "Unknown status “ gone ”. This filter was not applied."),
        ("fact=licence:MIT", "Unknown fact “ licence:MIT ”. This filter was not applied."),
    ],
)
def test_an_unknown_filter_is_reported(client, query, message):
    make_tool(name="Ada")

    page = client.get(f"/tools/?{query}")

    assert names(page) == ["Ada"]
    assert message in words(page)
