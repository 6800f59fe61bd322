import pytest

from tests.factories import make_category, make_reviewer, make_tool, publish_review
from tools.models import OldToolSlug
from votes.rankings.figures import RANKINGS

pytestmark = pytest.mark.django_db


@pytest.fixture
def tools():
    return [make_tool(slug=slug) for slug in ("a", "b", "c", "d", "e")]


@pytest.mark.parametrize("order", ["b-vs-a", "A-vs-b", "a-vs-b-vs-a"])
def test_another_order_or_spelling_redirects_to_the_one_address(client, tools, order):
    response = client.get(f"/api/v1/comparisons/{order}/?x=1")

    if order == "A-vs-b":
        assert response.status_code in {301, 422}
    else:
        assert response.status_code == 301
        assert response["Location"] == "/api/v1/comparisons/a-vs-b/?x=1"


NO_COMPARISON = "A comparison names 2 to 4 different tools of the catalogue."


@pytest.mark.parametrize(
    ("pair", "detail"),
    [
        ("a-vs-a", NO_COMPARISON),
        ("a-vs-b-vs-c-vs-d-vs-e", NO_COMPARISON),
        ("a", NO_COMPARISON),
        ("a-vs-old", NO_COMPARISON),
        ("a-vs-nothing", "Not in the catalogue: nothing."),
        ("x-vs-a-vs-y", "Not in the catalogue: x, y."),
    ],
)
def test_what_is_no_comparison_is_not_found(client, tools, pair, detail):
    OldToolSlug.objects.create(tool=tools[0], slug="old")

    response = client.get(f"/api/v1/comparisons/{pair}/")

    assert response.status_code == 404
    assert response.json()["detail"] == detail


def test_four_tools_have_six_pairs(client, tools):
    answer = client.get("/api/v1/comparisons/a-vs-b-vs-c-vs-d/").json()

    assert [(pair["first"], pair["second"]) for pair in answer["pairs"]] == [
        ("a", "b"), ("a", "c"), ("a", "d"), ("b", "c"), ("b", "d"), ("c", "d"),
    ]  # fmt: skip


def test_a_ranking_is_of_the_category_that_the_parameter_names(client):
    coding, writing = make_category(slug="coding"), make_category(slug="writing")
    panel = [make_reviewer() for _ in range(3)]
    for slug, category in [("a", coding), ("b", writing)]:
        tool = make_tool(slug=slug, category=category)
        for reviewer in panel:
            publish_review(tool, reviewer)
    RANKINGS.refresh()
    coding.slug = "programming"
    coding.save()

    def ranked(query):
        return [
            row["tool"] for row in client.get(f"/api/v1/rankings/panel/{query}").json()["ranks"]
        ]

    assert ranked("") == ["a", "b"]
    assert ranked("?category=writing") == ["b"]
    assert ranked("?category=programming") == ranked("?category=coding") == ["a"]
    unknown = client.get("/api/v1/rankings/panel/?category=none")
    assert (unknown.status_code, unknown.json()["detail"]) == (404, "No category has this slug.")
