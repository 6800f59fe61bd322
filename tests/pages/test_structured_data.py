"""The JSON-LD of pages: valid, as shown, and nothing that is invented."""

import json

import pytest
from django.core.management import call_command
from django.test import Client

from tests.factories import make_category, make_reviewer, make_tool, publish_review
from tests.pages.comparison_samples import CLAUDE, PAIR, make_first_pair
from tests.pages.json_ld import json_ld_of, structured_data, violations
from tools.actions import change_tool
from tools.models import Tool
from votes.rankings.figures import RANKINGS

pytestmark = pytest.mark.django_db

RATINGS = {"review", "aggregateRating"}


@pytest.fixture
def sample(settings):
    settings.SITE_URL = "https://ship.example"
    call_command("import_catalog", "sample/catalog.json", verbosity=0)
    return list(Tool.objects.published())


def offer(client, **fields):
    tool = make_tool(**fields)
    return structured_data(client.get(tool.get_absolute_url()), "SoftwareApplication").get("offers")


def test_every_kind_of_page_of_the_sample_is_valid_and_rates_nothing(client, sample):
    pages = [
        "/", "/tools/", "/tools/?page=2", "/categories/vector-databases/", "/reviewers/builder/",
        "/rankings/panel/", "/rankings/panel/vector-databases/", "/compare/pgvector-vs-qdrant/", *(tool.get_absolute_url() for tool in sample),
    ]  # fmt: skip

    for page in pages:
        nodes = json_ld_of(client.get(page))

        assert [fault for node in nodes for fault in violations(node)] == [], page
        assert nodes, page
        assert not any(f'"{name}"' in json.dumps(nodes) for name in RATINGS), page


def test_a_ranking_lists_its_tools_in_order(client, sample):
    RANKINGS.recount()

    response = client.get("/rankings/panel/vector-databases/")

    ranked = structured_data(response, "ItemList")
    assert ranked["name"] == "Vector Databases ranked by the panel"
    assert [item["name"] for item in ranked["itemListElement"]] == [
        "pgvector", "Qdrant", "Chroma",
    ]  # fmt: skip
    trail = structured_data(response, "BreadcrumbList")["itemListElement"]
    assert [step["name"] for step in trail] == ["Rankings", "By the panel", "Vector Databases"]


def test_the_check_finds_what_schema_org_does_not_allow():
    wrong = {
        "@type": "Review",
        "author": {"@type": "SoftwareApplication", "name": "A model"},
        "datePublished": 7,
        "headlin": "No such property",
        "reviewBody": "Text",
    }

    assert [fault.partition(" ")[0] for fault in violations(wrong)] == [
        "Review.author",
        "Review.datePublished",
        "Review.headlin",
    ]


def test_a_reviewed_tool_says_what_its_page_says(client, settings):
    settings.SITE_URL = "https://ship.example"
    category = make_category(name="Editors", slug="editors")
    tool = make_tool(slug="zed", name="Zed", category=category)
    review = publish_review(
        tool, make_reviewer("Ada"), 90, body="It **held** up, `a < b`.\n\nTwice."
    )
    publish_review(tool, make_reviewer("Bot", kind="ai_assisted"), 61, "skip")

    response = client.get("/tools/zed/")

    application = structured_data(response, "SoftwareApplication")
    assert violations(application) == []
    assert application["aggregateRating"] == {
        "@type": "AggregateRating",
        "ratingValue": 75.5,
        "bestRating": 100,
        "worstRating": 0,
        "reviewCount": 2,
    }
    assert application["review"][0] == {
        "@type": "Review",
        "author": {
            "@type": "Person",
            "name": "Ada",
            "url": "https://ship.example/reviewers/ada/",
        },
        "datePublished": f"{review.published_at:%Y-%m-%d}",
        "reviewBody": "It held up, a < b. Twice.",
        "reviewRating": {"@type": "Rating", "ratingValue": 90, "bestRating": 100, "worstRating": 0},
    }
    trail = structured_data(response, "BreadcrumbList")["itemListElement"]
    assert [(step["name"], step["item"]["@id"]) for step in trail] == [
        ("Tools", "https://ship.example/tools/"),
        ("Editors", "https://ship.example/categories/editors/"),
        ("Zed", "https://ship.example/tools/zed/"),
    ]


def test_a_reviewer_who_writes_with_a_model_is_no_person(client):
    publish_review(make_tool(slug="zed"), make_reviewer("Bot", kind="ai_assisted"))

    application = structured_data(client.get("/tools/zed/"), "SoftwareApplication")

    assert application["review"][0]["author"]["@type"] == "Organization"
    assert '"Person"' not in json.dumps(application)


def test_the_score_of_sample_content_is_no_rating(client):
    tool = make_tool(slug="ada", is_sample=True)
    publish_review(tool, make_reviewer())
    make_tool(slug="bert")

    application = structured_data(client.get("/tools/ada/"), "SoftwareApplication")
    compared = structured_data(client.get("/compare/ada-vs-bert/"), "ItemList")

    assert RATINGS.isdisjoint(application)
    assert RATINGS.isdisjoint(compared["itemListElement"][0]["item"])


@pytest.mark.parametrize(("entry", "label"), [
    ("free", "Free"), ("open_source", "Open source"), ("freemium", "Freemium"),
])  # fmt: skip
def test_what_costs_nothing_to_start_with_is_offered_at_nothing(client, entry, label):
    found = offer(client, entry=entry, pricing="Free for one")

    assert found == {
        "@type": "Offer", "category": label, "price": 0, "description": "Free for one",
    }  # fmt: skip


@pytest.mark.parametrize(("entry", "label"), [("paid", "Paid"), ("trial", "Trial")])
def test_no_price_is_invented(client, entry, label):
    found = offer(client, entry=entry, pricing="$20 a month")

    assert found == {"@type": "Offer", "category": label, "description": "$20 a month"}


def test_without_a_word_on_its_price_a_paid_tool_has_no_offer(client):
    assert offer(client, entry="paid", pricing="") is None


def test_a_discontinued_tool_is_not_on_offer(client):
    tool = make_tool(slug="zed", entry="free")
    tool.status = "discontinued"
    change_tool(tool=tool, reason="It ended.")

    application = structured_data(client.get("/tools/zed/"), "SoftwareApplication")

    assert "offers" not in application


def test_a_comparison_lists_its_tools_in_no_order_of_merit(client):
    make_first_pair()

    response = client.get(PAIR)

    compared = structured_data(response, "ItemList")
    claude = compared["itemListElement"][0]["item"]
    assert (compared["numberOfItems"], claude["name"]) == (2, CLAUDE)
    assert compared["itemListOrder"] == "https://schema.org/ItemListUnordered"
    assert claude["aggregateRating"]["ratingValue"] == 83.5
    assert [fault for node in json_ld_of(response) for fault in violations(node)] == []


def test_a_list_goes_on_counting_on_its_second_page(client):
    category = make_category(slug="editors")
    for n in range(26):
        make_tool(name=f"Tool {n:02}", slug=f"number-{n:02}", category=category)

    listed = structured_data(client.get("/categories/editors/?page=2"), "ItemList")

    places = [(item["position"], item["name"]) for item in listed["itemListElement"]]
    assert places == [(25, "Tool 24"), (26, "Tool 25")]


def test_a_list_that_is_not_indexed_or_empty_is_not_described():
    assert b"ld+json" not in Client().get("/tools/").content
    make_tool(slug="zed")

    assert b"ld+json" not in Client().get("/tools/?entry=free").content
    assert b"ld+json" in Client().get("/tools/").content
