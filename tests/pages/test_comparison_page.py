"""What the comparison page says, at what cost, and what it must not let through."""

import re

import pytest
from django.core.cache import caches

from comparisons.status import status_sentences
from tests.factories import make_reviewer, make_tool, publish_review
from tests.pages.comparison_samples import CLAUDE, LLAMA, PAIR, make_first_pair, make_four
from tests.pages.json_ld import structured_data
from tools.models import Tool
from votes.models import Tally

pytestmark = pytest.mark.django_db
THREE = "/compare/ada-vs-claude-4-api-vs-llama-4-compact-12b/"
FOUR = "/compare/ada-vs-claude-4-api-vs-llama-4-compact-12b-vs-zoe/"


def text_of(response):
    """The page's words, without its tags."""
    body = response.text.partition("<main")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_the_figures_of_the_first_pair(client):
    make_first_pair()

    words = text_of(client.get(PAIR))

    assert (
        "Claude 4 API leads by 6.3 points. 95% interval: 4.7 to 7.8 points. "
        "Claude 4 API is preferred by 4 of 4." in words
    )
    assert "Claude 4 API wins under all weightings of the reviewers." in words
    assert "Ship · 4 ship / 0 skip" in words
    assert "83.5/100 better" in words
    assert (
        "Average lead +6.3 for Claude 4 API 95% interval 4.7 to 7.8 for Claude 4 API "
        "Prefer Claude 4 API 4 of 4 Prefer Llama 4 Compact 0 of 4 Scored both 4 of 4 "
        "Differences Builder +6, Skeptic +7, Futurist +5, Founder +7 for Claude 4 API "
        "Without Futurist +6.7 for Claude 4 API" in words
    )
    assert "with another panel like this one, not with all users" in words
    for difference in ["+6 for Claude 4 API", "+7 for Claude 4 API", "+5 for Claude 4 API"]:
        assert difference in words
    assert "88/100 ship" in words


def test_the_head_says_what_is_compared(client, settings):
    settings.SITE_URL = "https://ship.example"
    make_first_pair()

    page = client.get(f"{PAIR}?diff=1").text

    heading = f"{CLAUDE} vs {LLAMA}".replace("&", "&amp;")
    assert f"<title>{heading}: Which AI Tool Should You Ship? — Ship or Skip</title>" in page
    assert f'<meta property="og:title" content="{heading}: Which AI Tool Should You Ship?">' in page
    assert '<link rel="canonical" href="https://ship.example' + PAIR + '">' in page
    description = re.search(r'<meta name="description" content="(.*?)">', page)[1]
    assert description == (
        "Claude 4 API leads by 6.3 points. 95% interval: 4.7 to 7.8 points. "
        "Claude 4 API is preferred by 4 of 4. Claude 4 API: Ship, 4 ship / 0 skip."
    )


def test_no_text_of_staff_breaks_out(client):
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
    tool = make_tool(name=evil, slug="ada", tagline=evil, description=evil, best_for=evil)
    make_tool(slug="bert")
    publish_review(tool, make_reviewer(), body=f"{evil} [x](javascript:alert(1))")

    response = client.get("/compare/ada-vs-bert/")

    assert "<script>alert" not in response.text
    assert "<img" not in response.text
    assert 'href="javascript:' not in response.text
    assert structured_data(response, "ItemList")["itemListElement"][0]["item"]["name"] == evil


def test_a_reviewer_of_one_tool_says_so_and_is_not_paired(client):
    claude, _ = make_first_pair()
    publish_review(claude, make_reviewer("Newcomer"), 10, "skip")

    words = text_of(client.get(PAIR))

    assert "Scored only one, so not counted head to head" in words
    assert "Llama 4 Compact Not reviewed yet" in words
    assert "Prefer Claude 4 API 4 of 4" in words
    assert "Scored both 4 of 5" in words
    assert "Newcomer: Claude 4 API 10 (skip), Llama 4 Compact not reviewed." in words


def test_tools_that_nobody_reviewed_can_be_compared(client):
    make_tool(slug="ada")
    make_tool(slug="bert")

    words = text_of(client.get("/compare/ada-vs-bert/"))

    assert "Provisional. No reviewer has scored both yet." in words
    assert "The panel has not reviewed any of these tools yet." in words


def test_three_tools_are_compared_by_pairs(client):
    make_four()

    words = text_of(client.get(THREE))

    assert "Claude 4 API leads by 6.3 points over the runner-up, Llama 4 Compact." in words
    for pair in [
        "Ada vs Claude 4 API",
        "Ada vs Llama 4 Compact",
        "Claude 4 API vs Llama 4 Compact",
    ]:
        assert f"{pair} Average lead" in words


def test_the_score_is_better_only_where_the_panel_leads_or_leans(client):
    ada, bert = make_tool(name="Ada", slug="ada"), make_tool(name="Bert", slug="bert")
    for _ in range(3):
        reviewer = make_reviewer()
        publish_review(ada, reviewer, 80)
        publish_review(bert, reviewer, 79)

    assert "better" not in text_of(client.get("/compare/ada-vs-bert/"))


def test_the_flag_of_the_pick_does_not_change_when_readers_disagree(client):
    """A vote updates the bottom line, and the cards stay as they are."""
    ada, bert = make_tool(name="Ada", slug="ada"), make_tool(name="Bert", slug="bert")
    for score in (80, 80, 95):
        reviewer = make_reviewer()
        publish_review(ada, reviewer, score)
        publish_review(bert, reviewer, 70)
    Tally.objects.filter(tool=ada).update(ships=1, skips=19)
    Tally.objects.filter(tool=bert).update(ships=19, skips=1)

    words = text_of(client.get("/compare/ada-vs-bert/"))

    assert "Panel and community disagree. Leans to Ada." in words
    assert "Panel leans to it" in words
    assert "Panel’s pick" not in words


def test_a_discontinued_tool_is_named_before_any_score(client):
    claude, llama = make_first_pair()
    Tool.objects.filter(pk=llama.pk).update(status="discontinued", successor=claude)

    assert (
        "Llama 4 Compact is discontinued; its successor is Claude 4 API. Claude 4 API leads"
        in text_of(client.get(PAIR))
    )


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("paused", "Ada is paused; its successor is Bert."),
        ("renamed", "Ada is now called Bert."),
        ("acquired", "Ada was acquired; its successor is Bert."),
        ("active", "Ada names Bert as its successor."),
    ],
)
def test_each_status_with_the_other_as_successor_is_said(status, sentence):
    bert = make_tool(name="Bert")
    ada = make_tool(name="Ada", status=status, successor=bert)

    assert list(status_sentences([ada, bert], ["Ada", "Bert"])) == [sentence]


def test_a_status_that_decides_nothing_is_not_said():
    ada, other = make_tool(name="Ada", status="acquired"), make_tool()
    bert = make_tool(name="Bert", status="renamed", successor=other)
    gone = make_tool(name="Gone", status="discontinued", successor=make_tool(published=False))

    assert list(status_sentences([ada, bert, gone], ["Ada", "Bert", "Gone"])) == [
        "Gone is discontinued."
    ]


def test_the_community_is_a_percentage_from_ten_votes(client):
    claude, llama = make_first_pair()
    Tally.objects.filter(tool=claude).update(ships=9, skips=1)
    Tally.objects.filter(tool=llama).update(ships=8, skips=1)

    words = text_of(client.get(PAIR))

    assert "Community 90% ship" in words
    assert "89%" not in words
    assert "Community 8 ship / 1 skip" in words


def test_the_panel_share_stands_with_its_counts(client):
    make_first_pair()

    assert "83.5 /100 Ship 4 ship / 0 skip" in text_of(client.get(PAIR))


def test_a_changed_opinion_gives_its_reason(client):
    claude, _ = make_first_pair()
    review = claude.reviews.first()
    publish_review(claude, review.reviewer, 50, "skip", reason="The price doubled.")

    assert "Why it changed: The price doubled." in text_of(client.get(PAIR))


def test_only_differences_leaves_rows_out_and_keeps_the_rest(client):
    make_first_pair()

    everything, differences = text_of(client.get(PAIR)), text_of(client.get(f"{PAIR}?diff=1"))

    assert "Category Developer Tools" in everything
    assert "Category Developer Tools" not in differences
    assert "Entry differs Paid Free" in differences
    assert "4 of 9 rows" not in everything


@pytest.mark.parametrize("diff", ["0", "", "yes", "1&diff=2"])
def test_an_unknown_value_of_diff_shows_everything(client, diff):
    make_first_pair()

    assert "Category Developer Tools" in text_of(client.get(f"{PAIR}?diff={diff}"))


def test_four_tools_leave_no_room_for_a_fifth(client):
    make_four()

    page = client.get(FOUR).text

    assert "Add a tool" not in page
    assert 'href="/compare/claude-4-api-vs-llama-4-compact-12b-vs-zoe/"' in page  # without Ada


def test_removing_one_of_two_leads_to_the_picker_with_the_other(client):
    make_first_pair()

    page = client.get(PAIR).text

    assert 'href="/compare/?tools=claude-4-api"' in page
    assert 'href="/compare/?tools=llama-4-compact-12b"' in page


def test_names_in_other_scripts_are_kept_apart_from_their_surroundings(client):
    make_tool(name="علّام (ALLaM)", slug="allam")
    make_tool(name="通义千问 (Qwen)", slug="qwen")

    response = client.get("/compare/allam-vs-qwen/")

    assert response.status_code == 200
    assert "<bdi>علّام (ALLaM)</bdi>" in response.text


def test_a_comparison_costs_the_same_for_two_and_for_four(client, django_assert_num_queries):
    make_four()

    for path in [PAIR, FOUR]:
        with django_assert_num_queries(5):
            assert client.get(path).status_code == 200


def test_a_comparison_is_the_same_for_everyone_and_kept(
    client, settings, django_assert_num_queries
):
    settings.PAGE_CACHE = True
    caches["pages"].clear()
    make_first_pair()

    first = client.get(PAIR)
    with django_assert_num_queries(1):
        again = client.get(PAIR, headers={"hx-request": "true"})

    assert again.content == first.content
    assert not first.cookies
    assert "csrf" not in first.text
    assert first["ETag"] == again["ETag"]


def test_all_rows_and_only_differences_are_kept_apart(client, settings):
    settings.PAGE_CACHE = True
    caches["pages"].clear()
    make_first_pair()

    everything, differences = client.get(PAIR), client.get(f"{PAIR}?diff=1")

    assert everything["ETag"] != differences["ETag"]
    assert "Category Developer Tools" not in text_of(differences)


def test_a_kept_comparison_changes_with_a_review(client, settings):
    settings.PAGE_CACHE = True
    caches["pages"].clear()
    claude, _ = make_first_pair()
    client.get(PAIR)

    publish_review(claude, make_reviewer("Newcomer"), 10, "skip")

    assert "Ship · 4 ship / 1 skip" in text_of(client.get(PAIR))


def test_a_comparison_is_only_read(client):
    make_first_pair()

    assert client.post(PAIR, {}, "application/x-www-form-urlencoded").status_code == 405
