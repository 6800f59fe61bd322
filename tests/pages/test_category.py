import pytest

from tests.factories import make_category, make_reviewer, make_tool, publish_review
from tests.pages.reading import links, names, words

pytestmark = pytest.mark.django_db


def test_a_category_ranks_its_published_tools_by_panel_score(client):
    category = make_category(slug="coding", description="What **writes** code.")
    builder = make_reviewer()
    make_tool(name="Unscored", category=category)
    publish_review(make_tool(name="Low", category=category), builder, 40, "skip")
    publish_review(make_tool(name="High", category=category), builder, 90)
    make_tool(name="Draft", category=category, published=False)
    make_tool(name="Elsewhere", category=make_category())

    page = client.get("/categories/coding/")

    assert names(page) == ["High", "Low", "Unscored"]
    assert "What writes code." in words(page)
    assert "3 tools, highest rated first" in words(page)


def test_a_category_offers_its_three_best_side_by_side(client):
    category, panel = make_category(slug="coding"), [make_reviewer() for _ in range(3)]
    for slug, score in [("d", 60), ("c", 90), ("b", 80), ("a", 70)]:
        tool = make_tool(slug=slug, category=category)
        for reviewer in panel:
            publish_review(tool, reviewer, score)
    publish_review(make_tool(slug="barely", category=category), panel[0], 100)

    pairs = [link for link in links(client.get("/categories/coding/")) if "-vs-" in link]

    assert pairs == ["/compare/b-vs-c/", "/compare/a-vs-c/", "/compare/a-vs-b/"]


def test_a_tool_with_fewer_than_three_reviews_is_not_ranked(client):
    category, panel = make_category(slug="coding"), [make_reviewer() for _ in range(3)]
    ranked, barely = (make_tool(name=name, category=category) for name in ("Ranked", "Barely"))
    for reviewer in panel:
        publish_review(ranked, reviewer, 50)
    for reviewer in panel[:2]:
        publish_review(barely, reviewer, 100)

    for address in ["/categories/coding/", "/tools/", "/tools/?category=coding"]:
        assert names(client.get(address)) == ["Ranked", "Barely"]


def test_a_category_without_published_tools_says_so(client):
    make_tool(category=make_category(slug="coding"), published=False)

    assert "No tools are published in this category yet." in words(
        client.get("/categories/coding/")
    )


def test_an_old_address_of_a_category_leads_on_for_good_with_its_query(client):
    category = make_category(slug="before")
    category.slug = "after"
    category.save()

    answer = client.get("/categories/before/?page=2")

    assert (answer.status_code, answer["Location"]) == (301, "/categories/after/?page=2")


@pytest.mark.parametrize("slug", ["nowhere", "语音", "%FF", "a" * 81, "'"])
def test_no_category_is_not_found(client, slug):
    assert client.get(f"/categories/{slug}/").status_code == 404


@pytest.mark.parametrize(
    ("page", "first"), [("-1", "Tool 24"), ("9" * 20, "Tool 24"), ("abc", "Tool 00")]
)
def test_a_page_that_is_not_there_is_the_nearest(client, page, first):
    category = make_category(slug="coding")
    for n in range(25):
        make_tool(name=f"Tool {n:02}", category=category)

    assert names(client.get(f"/categories/coding/?page={page}"))[0] == first


@pytest.mark.parametrize("tools", [1, 30])
def test_a_category_takes_six_queries_whatever_is_on_it(client, django_assert_num_queries, tools):
    category, builder = make_category(slug="coding"), make_reviewer()
    for _ in range(tools):
        publish_review(make_tool(category=category), builder)

    # The state of the catalogue, the category, how many tools, which, the other categories.
    with django_assert_num_queries(6):
        client.get("/categories/coding/")
