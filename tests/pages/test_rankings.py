import re

import pytest

from tests.factories import make_category, make_reviewer, make_tool, publish_review
from tests.pages.reading import links, words
from tools.models import Tool
from votes.models import Tally
from votes.rankings.figures import RANKINGS
from votes.rankings.models import Ranking

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel():
    return [make_reviewer() for _ in range(4)]


def scored(panel, *scores, ships=0, skips=0, **fields):
    tool = make_tool(**fields)
    for reviewer, score in zip(panel, scores, strict=False):
        publish_review(tool, reviewer, score, "ship" if score >= 50 else "skip")
    Tally.objects.filter(tool=tool).update(ships=ships, skips=skips)
    return tool


def table(response):
    """The cells of each row of the page's first table, as text."""
    (body, *_) = re.findall(r"<tbody>(.*?)</tbody>", response.content.decode(), re.DOTALL)
    cells = [re.findall(r"<t[dh].*?>(.*?)</t[dh]>", row, re.DOTALL) for row in body.split("</tr>")]
    return [[" ".join(re.sub(r"<.*?>", " ", cell).split()) for cell in row] for row in cells if row]


def test_the_ranking_by_the_panel_prints_the_interval_shared_ranks_and_the_corrected_place(
    client, panel
):
    scored(panel, 90, 92, 88, name="Ahead")
    scored(panel, 89, 93, 85, name="Close")
    scored(panel, 60, 63, 57, name="Last", status="paused")
    RANKINGS.refresh()

    response = client.get("/rankings/panel/")

    # t(2, 0.975) = 4.3027: 90 ± 4.3027 · 2 / √3, 89 ± 4.3027 · 4 / √3, 60 ± 4.3027 · 3 / √3.
    assert table(response) == [
        ["=1", "Ahead 3 reviews", "90.0 85.0–95.0", "90.0 place 1"],
        ["=1", "Close 3 reviews", "89.0 79.1–98.9", "89.0 place 2"],
        ["3", "Last Paused, 3 reviews", "60.0 52.5–67.5", "60.0 place 3"],
    ]
    text = words(response)
    assert "3 ranked tools Calculated on" in text
    assert "No tool listed here would have another place." in text


def test_a_shift_by_the_correction_is_printed_with_its_direction(client, panel, settings):
    settings.LENIENCY_PRIOR_TOOLS = 0
    for _ in range(3):
        scored(panel, 50, 50, 50, 90)
    scored(panel, 60, 60, 60, 100)
    scored(panel, 69, 69, 69)
    RANKINGS.refresh()

    response = client.get("/rankings/panel/")

    assert [row[3].split(" ", 1)[1] for row in table(response)[:2]] == [
        "place 2 down 1",
        "place 1 up 1",
    ]
    assert "2 of these 5 tools would have another place." in words(response)


def test_the_other_rankings_print_what_they_are_made_of(client, panel):
    scored(panel, 80, 80, 20, name="Tool", ships=36, skips=4)
    RANKINGS.refresh()

    found = {
        name: table(client.get(f"/rankings/{name}/")) for name in ("community", "divisive", "gap")
    }

    # Wilson, z = 1.96: 36 of 40 is 77 to 96 %. Two of three reviewers are 67 %, 23 points less than 90 %.
    assert found == {
        "community": [["1", "Tool 40 votes", "90% 77–96%"]],
        "divisive": [["1", "Tool 3 reviews", "60", "20 to 80"]],
        "gap": [["1", "Tool", "23", "67% 2 of 3", "90% 36 of 40"]],
    }


def test_a_ranking_says_what_a_rank_takes_and_means(client):
    RANKINGS.refresh()

    text = {name: words(client.get(f"/rankings/{name}/")) for name in Ranking.values}

    assert (
        "This ranking lists tools with 3 or more reviews that are not discontinued" in text["panel"]
    )
    assert "Tools share a rank (“=3”) where the data cannot tell them apart" in text["panel"]
    assert "This ranking lists tools with 10 or more votes" in text["community"]
    assert "Voters are volunteers, not a sample of all users." in text["community"]
    assert "by spread: the highest score minus the lowest" in text["divisive"]
    assert "The gap is the difference in percentage points" in text["gap"]


def test_too_few_reviews_or_votes_are_said_in_words(client):
    assert "The rankings have not been calculated yet." in words(client.get("/rankings/panel/"))

    make_tool()
    RANKINGS.recount()

    assert "0 ranked tools" in words(client.get("/rankings/panel/"))
    assert "No tool has 3 reviews yet." in words(client.get("/rankings/divisive/"))
    assert "No tool has 10 votes yet." in words(client.get("/rankings/community/"))
    assert "No tool has 3 reviews and 10 votes yet." in words(client.get("/rankings/gap/"))


def test_the_overview_has_the_first_places_of_each_ranking_and_links_to_all_of_them(client, panel):
    category = make_category(slug="coding", name="Coding")
    for n in range(7):
        scored(panel, 90 - n, 92 - n, 88 - n, name=f"Tool {n}", category=category)
    RANKINGS.refresh()

    response = client.get("/rankings/")

    assert [row[1] for row in table(response)] == [f"Tool {n} 3 reviews" for n in range(5)]
    assert "No tool has 10 votes yet." in words(response)
    assert {"/rankings/panel/", "/rankings/divisive/", "/rankings/panel/coding/"} <= set(
        links(response)
    )


def test_a_category_has_its_ranking_and_the_tool_its_rank_in_both(client, panel):
    coding, writing = make_category(slug="coding", name="Coding"), make_category()
    scored(panel, 90, 92, 88, category=writing)
    scored(panel, 70, 72, 68, category=coding)
    tool = scored(panel, 60, 63, 57, name="Tool", slug="tool", category=coding)
    RANKINGS.refresh()

    assert [row[1] for row in table(client.get("/rankings/panel/coding/"))][1] == "Tool 3 reviews"
    assert "/rankings/panel/coding/" in links(client.get("/categories/coding/"))
    assert "Rank by panel score: 3 of 3 tools · 2 of 2 in Coding" in words(
        client.get("/tools/tool/")
    )

    publish_review(tool, panel[0], 66, reason="It got better.")
    assert "Rank by panel score" not in words(client.get("/tools/tool/"))


def test_a_list_that_ends_says_so_and_leads_on(client, panel, monkeypatch):
    monkeypatch.setattr("votes.rankings.figures.TOP", 2)
    monkeypatch.setattr("pages.rankings.rankings_page.TOP", 2)
    category = make_category(slug="coding")
    for _ in range(3):
        scored(panel, 80, 80, 80, ships=10, category=category)
    RANKINGS.refresh()

    response = client.get("/rankings/panel/coding/")

    assert "The first 2 of 3 ranked tools" in words(response)
    assert "/tools/?sort=score&category=coding" in links(response)
    assert "All tools in this order" not in words(client.get("/rankings/gap/"))


def test_a_tool_that_was_withdrawn_moved_or_discontinued_since_is_not_listed(client, panel):
    one, other = make_category(slug="one"), make_category(slug="other")
    tools = [scored(panel, 80, 80, 80, name=f"Tool {n}", category=one) for n in range(4)]
    RANKINGS.refresh()

    Tool.objects.filter(pk=tools[0].pk).update(published_at=None)
    Tool.objects.filter(pk=tools[1].pk).update(category=other)
    Tool.objects.filter(pk=tools[2].pk).update(status="discontinued")

    assert [row[1] for row in table(client.get("/rankings/panel/one/"))] == ["Tool 3 3 reviews"]
    assert len(table(client.get("/rankings/panel/"))) == 2


def test_an_old_slug_of_a_category_leads_to_its_ranking(client):
    category = make_category(slug="before")
    category.slug = "after"
    category.save()

    answer = client.get("/rankings/gap/before/?page=2")

    assert (answer.status_code, answer["Location"]) == (301, "/rankings/gap/after/?page=2")


@pytest.mark.parametrize(
    "path", ["best/", "panel/nowhere/", "panel/语音/", "gap/%FF/", "panel/" + "a" * 81 + "/", "'/"]
)
def test_no_ranking_is_not_found(client, path):
    assert client.get(f"/rankings/{path}").status_code == 404


@pytest.mark.parametrize("tools", [3, 30])
def test_rankings_take_a_constant_number_of_queries(
    client, panel, django_assert_num_queries, tools
):
    category = make_category(slug="coding")
    for _ in range(tools):
        scored(panel, 80, 80, 80, ships=10, category=category)
    RANKINGS.refresh()

    # The state of the catalogue, the ranks, the categories, when they were computed.
    for path in ["", "panel/", "community/", "divisive/", "gap/"]:
        with django_assert_num_queries(4):
            client.get(f"/rankings/{path}")
    # … and the category.
    with django_assert_num_queries(5):
        client.get("/rankings/panel/coding/")
