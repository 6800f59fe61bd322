"""Which pages search engines may index, by which address, and under which title."""

import pytest

from tests.factories import make_category, make_reviewer, make_tool, publish_review
from tests.newsletter.digests import full_digest
from tests.newsletter.factories import make_issue
from tests.pages.reading import canonical, head, robots, title
from tools.models import Tool

pytestmark = pytest.mark.django_db
SITE = "https://ship.example"


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = SITE


@pytest.fixture
def many_tools():
    """26 tools of one category, all with a review of the same reviewer: two pages of each list."""
    category, reviewer = make_category(slug="editors"), make_reviewer("Ada")
    for n in range(26):
        tool = make_tool(slug=f"number-{n:02}", category=category)
        publish_review(tool, reviewer)


LISTS = ["/tools/", "/categories/editors/", "/reviewers/ada/"]


@pytest.mark.parametrize("path", LISTS)
def test_the_second_page_of_a_list_is_a_page_of_its_own(client, many_tools, path):
    first, second = client.get(path), client.get(f"{path}?page=2")

    assert (canonical(first), canonical(second)) == (SITE + path, f"{SITE}{path}?page=2")
    assert robots(second) is None
    assert title(first) != title(second)


@pytest.mark.parametrize("number", ["1", "x", "-1", "99", "0"])
def test_a_number_that_is_no_page_has_the_address_of_the_page_that_is_shown(
    client, many_tools, number
):
    response = client.get(f"/tools/?page={number}&utm_source=x")

    page = "" if number in {"1", "x"} else "?page=2"
    assert canonical(response) == f"{SITE}/tools/{page}"


def test_the_second_page_of_the_newsletter_archive_is_a_page_of_its_own(client):
    for _ in range(31):
        make_issue(full_digest())

    assert (
        canonical(client.get("/newsletter/issues/?page=2")) == f"{SITE}/newsletter/issues/?page=2"
    )


@pytest.mark.parametrize("query", [
    "q=number", "entry=free", "sort=name", "category=editors", "verdict=ship", "category=nothing",
])  # fmt: skip
def test_a_filtered_sorted_or_searched_list_is_followed_but_not_indexed(client, many_tools, query):
    response = client.get(f"/tools/?{query}")

    assert (robots(response), canonical(response)) == ("noindex, follow", None)


@pytest.mark.parametrize(
    "path", ["/changes/?kind=score", "/changes/?tool=number-01", "/compare/?tools=number-01"]
)
def test_so_are_a_part_of_the_change_log_and_a_picker_in_use(client, many_tools, path):
    assert robots(client.get(path)) == "noindex, follow"


def test_so_is_an_older_page_of_the_change_log_whose_content_moves(client, many_tools):
    older = head(client.get("/changes/"), r'href="(/changes/\?before=[^"]*)"')

    assert robots(client.get(older)) == "noindex, follow"
    assert robots(client.get("/changes/")) is None


def test_a_comparison_of_reviewed_tools_of_one_category_is_indexed(client, many_tools):
    response = client.get("/compare/number-01-vs-number-02/")

    assert robots(response) is None
    assert canonical(response) == f"{SITE}/compare/number-01-vs-number-02/"


def test_a_comparison_nobody_searches_for_is_not(client, many_tools):
    make_tool(slug="unreviewed", category=Tool.objects.first().category)
    elsewhere = make_tool(slug="elsewhere", category=make_category())
    publish_review(elsewhere, make_reviewer())

    for pair in (
        "number-01-vs-unreviewed",
        "elsewhere-vs-number-01",
        "number-01-vs-number-02-vs-number-03",
    ):
        assert robots(client.get(f"/compare/{pair}/")) == "noindex, follow", pair
