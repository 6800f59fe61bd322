"""The highlights and the comparison of a digest: which tools they choose, and from how many."""

import pytest

from newsletter.digest.digest import DigestFilter
from tests.factories import make_category, make_reviewer
from tests.newsletter.ledger_factory import old_tool, on, record_change, review, week
from tools.actions import unpublish_tool
from votes.models import Tally

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel():
    return [make_reviewer(name) for name in ("Builder", "Skeptic", "Founder", "Futurist")]


def scored(name, panel, *scores, at, **fields):
    """An old tool on which the first of the panel said `scores`, ship from 50."""
    tool = old_tool(name, **fields)
    opinions = [
        (reviewer, score, "ship" if score >= 50 else "skip")
        for reviewer, score in zip(panel, scores, strict=False)
    ]
    review(tool, *opinions, at=at)
    return tool


def voted(tool, ships, skips):
    Tally.objects.filter(tool=tool).update(ships=ships, skips=skips)


def test_the_most_divisive_tool_has_the_largest_spread_of_those_reviewed(panel):
    scored("Calm", panel, 70, 75, at=on(1))
    scored("Torn", panel, 30, 91, at=on(1))
    scored("Earlier", panel, 0, 100, at=on(-3))

    item = week().divisive

    assert (item.tool.name, item.word, item.spread) == ("Torn", "Split", 61)
    assert (item.highest, item.lowest) == ("Skeptic 91", "Builder 30")
    assert item.measured_over == "The largest spread of 2 tools reviewed in this period."


def test_a_tool_that_one_reviewer_scored_is_not_measured(panel):
    scored("Alone", panel, 70, at=on(1))

    assert week().divisive is None


def test_what_one_reviewer_scored_does_not_count_among_the_measured(panel):
    scored("Alone", panel, 70, at=on(1))
    scored("Torn", panel, 70, 80, at=on(1))
    scored("Calm", panel, 70, 71, at=on(1))

    assert week().divisive.among == 2


def test_a_tool_that_only_changed_its_price_is_not_measured(panel):
    torn = scored("Torn", panel, 10, 90, at=on(-3))
    record_change(torn, "pricing", "9", "12", at=on(1))

    digest = week()

    assert digest.parts == ["other"]
    assert digest.divisives == ()


def test_a_panel_of_one_mind_is_not_divided(panel):
    scored("Calm", panel, 70, 70, at=on(1))

    assert week().divisive is None


def test_of_equal_spreads_the_first_by_address_is_shown(panel):
    for name in ("Zeta", "Alpha"):
        scored(name, panel, 40, 60, at=on(1), category=make_category())

    assert week().divisive.tool.name == "Alpha"


def test_the_most_divisive_is_found_among_the_chosen_categories(panel):
    ours = make_category()
    scored("Torn", panel, 10, 90, at=on(1), category=make_category())
    scored("Milder", panel, 40, 60, at=on(1), category=ours)
    scored("Mildest", panel, 50, 60, at=on(1), category=ours)

    item = week(DigestFilter(categories=frozenset([ours.pk]))).divisive

    assert item.tool.name == "Milder"
    assert item.measured_over == "The largest spread of 2 tools reviewed in this period."


def test_of_a_single_candidate_nothing_is_said(panel):
    ours = make_category()
    scored("Torn", panel, 10, 90, at=on(1), category=make_category())
    voted(scored("Milder", panel, 40, 60, at=on(1), category=ours), 1, 9)

    chosen = week(DigestFilter(categories=frozenset([ours.pk])))

    assert week().divisive.among == 2
    assert (chosen.divisive, chosen.gap) == (None, None)
    assert chosen.parts == ["new"]


def test_a_tool_discontinued_in_the_period_is_no_highlight(panel):
    gone = scored("Gone", panel, 10, 90, at=on(1))
    for name in ("Torn", "Calm"):
        voted(scored(name, panel, 40, 60, at=on(1)), 1, 9)
    voted(gone, 0, 20)
    record_change(gone, "status", "active", "discontinued", at=on(2))

    digest = week()

    assert (digest.divisive.tool.name, digest.divisive.among) == ("Calm", 2)
    assert (digest.gap.tool.name, digest.gap.among) == ("Calm", 2)


def test_the_widest_gap_is_between_panel_and_readers(panel):
    loved = scored("Loved", panel, 80, 90, at=on(1))
    near = scored("Near", panel, 20, 30, at=on(-40))
    voted(loved, 3, 17)
    voted(near, 1, 9)

    item = week().gap

    assert (item.tool.name, item.panel_percent, item.community_percent) == ("Loved", 100, 15)
    assert (item.points, item.votes) == (85, 20)
    assert item.measured_over == "The widest gap of 2 tools with 10 votes or more."


def test_a_tool_with_nine_votes_is_not_measured(panel):
    tool = scored("Few", panel, 80, 90, at=on(1))
    voted(tool, 0, 9)

    assert week().gap is None


def test_a_tool_that_nobody_reviewed_has_no_gap(panel):
    record_change(old_tool("Amp"), "pricing", "9", "12", at=on(1))
    voted(old_tool("Unreviewed"), 0, 10)

    assert week().gap is None


def test_readers_and_a_panel_of_one_mind_have_no_gap(panel):
    voted(scored("Many", panel, 80, 90, at=on(1)), 10, 0)

    assert week().gap is None


def test_a_hidden_tool_stands_out_nowhere(panel):
    for name in ("Shown", "Second"):
        scored(name, panel, 60, 61, 62, at=on(1))
    hidden = scored("Hidden", panel, 10, 90, 62, at=on(1))
    voted(hidden, 0, 50)
    unpublish_tool(tool=hidden, reason="A duplicate.")

    digest = week()

    assert (digest.divisive.tool.name, digest.divisive.among) == ("Second", 2)
    assert digest.gap is None
    assert "Hidden" not in str(digest)


def test_a_superlative_alone_is_nothing_to_say(panel):
    tool = scored("Torn", panel, 60, 90, at=on(-9))
    voted(tool, 0, 50)
    review(tool, (panel[2], 95, "ship"), at=on(2))

    assert week() is None


def test_the_comparison_is_of_neighbours_one_of_which_is_in_the_news(panel):
    scored("Old A", panel, 80, 80, 80, at=on(-9))
    scored("Old B", panel, 80, 80, 79, at=on(-9))
    scored("Fresh", panel, 70, 80, 75, at=on(1))

    pair = week().comparison

    assert (pair.first.name, pair.second.name) == ("Old B", "Fresh")
    assert pair.path == "/compare/fresh-vs-old-b/"
    assert (pair.first_score, pair.second_score) == ("79.7", "75.0")
    assert pair.words == (
        "3 reviewers scored both. 2 prefer Old B. 1 scores them the same. "
        "On average Old B is 4.7 points ahead."
    )


def test_without_a_fresh_verdict_there_is_no_comparison(panel):
    scored("Old A", panel, 80, 80, 80, at=on(-9))
    scored("Old B", panel, 80, 80, 79, at=on(-9))
    record_change(old_tool("Amp"), "pricing", "9", "12", at=on(1))

    assert week().comparisons == ()


def test_two_in_the_news_go_before_one_with_nearer_scores(panel):
    category = make_category()
    scored("Old", panel, 60, 60, 60, at=on(-9))
    scored("Near", panel, 60, 60, 61, at=on(1))
    scored("Fresh A", panel, 70, 80, 90, at=on(1), category=category)
    scored("Fresh B", panel, 60, 90, 75, at=on(1), category=category)

    pair = week().comparison

    assert (pair.first.name, pair.second.name) == ("Fresh A", "Fresh B")
    assert pair.words == (
        "3 reviewers scored both. 2 prefer Fresh A. 1 prefers Fresh B. "
        "On average Fresh A is 5 points ahead."
    )


def test_a_pair_without_enough_common_reviewers_is_passed_over(panel):
    others = [make_reviewer() for _ in range(3)]
    scored("Fresh", panel, 70, 70, 70, at=on(1))
    scored("Nearest", others, 71, 71, 71, at=on(-9))
    scored("Next", panel, 60, 60, 60, at=on(-9))

    pair = week().comparison

    assert (pair.first.name, pair.second.name) == ("Fresh", "Next")


def test_discontinued_tools_are_not_compared(panel):
    scored("Fresh", panel, 70, 70, 70, at=on(1))
    scored("Gone", panel, 70, 70, 70, at=on(-9), status="discontinued")

    assert week().comparison is None


def test_a_level_pair_says_so(panel):
    scored("Fresh", panel, 70, 80, 90, at=on(1))
    scored("Rival", panel, 90, 80, 70, 80, at=on(-9))

    assert week().comparison.words == (
        "3 of 4 reviewers scored both. 1 prefers Fresh. 1 prefers Rival. "
        "1 scores them the same. On average they are level."
    )


def test_a_name_is_escaped_and_isolated_in_html(panel):
    scored("Fresh", panel, 70, 80, 90, at=on(1))
    scored("<b>Rival</b>", panel, 90, 80, 70, at=on(-9), slug="rival")

    html = week().comparison.html

    assert "1 prefers <bdi>&lt;b&gt;Rival&lt;/b&gt;</bdi>." in html
