"""The rankings and the biggest moves, as the job stores them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.utils import timezone

from comparisons.bottom_line_rules import Outcome, Thresholds, outcome_of
from reviews.mean_interval import mean_interval
from reviews.models import Review
from reviews.paired import paired_result
from reviews.refresh import refresh_figures
from tests.factories import make_category, make_reviewer, make_tool, publish_review
from tools.actions import unpublish_tool
from tools.models import Tool
from votes.models import Tally
from votes.rankings import figures
from votes.rankings.figures import RANKINGS
from votes.rankings.models import Move, Rank, RankedTool
from votes.rankings.queries import biggest_moves, panel_ranks, widest_gaps
from votes.rankings.shared_ranks import Scores, panel_leads, shared_ranks

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel():
    return [make_reviewer() for _ in range(4)]


def scored(panel, *scores, **fields):
    """Make a tool with a review per score; None is none. From 50 it is a ship."""
    tool = make_tool(**fields)
    for reviewer, score in zip(panel, scores, strict=False):
        if score is not None:
            publish_review(tool, reviewer, score, "ship" if score >= 50 else "skip")
    return tool


def voted(tool, ships, skips):
    Tally.objects.filter(tool=tool).update(ships=ships, skips=skips)
    return tool


def ranks(ranking, category=None):
    """Return [(tool, rank in words)] in order."""
    found = Rank.objects.filter(ranking=ranking, category=category).order_by("place")
    return [(rank.ranked_tool.tool, rank.text) for rank in found]


def test_the_interval_of_a_mean_is_that_of_students_t():
    # t(2, 0.975) = 4.3027; s = 10, so 4.3027 · 10 / √3 = 24.84.
    low, high = mean_interval([60, 70, 80])

    assert (round(low, 2), round(high, 2)) == (45.16, 94.84)
    assert mean_interval([90, 100, 100])[1] == 100
    assert mean_interval([0, 0, 10])[0] == 0


def test_a_rank_is_shared_until_the_first_of_the_group_leads():
    assert shared_ranks([9, 8, 6, 5, 3], lambda first, other: first - other > 2) == [1, 1, 3, 3, 5]
    assert shared_ranks([], lambda first, other: True) == []


def test_the_panel_ranks_by_score_and_shares_a_rank_where_no_comparison_would_name_a_leader(panel):
    first = scored(panel, 90, 92, 88)
    close = scored(panel, 89, 93, 85)
    far = scored(panel, 60, 63, 57)

    RANKINGS.refresh()

    assert ranks("panel") == [(first, "=1"), (close, "=1"), (far, "3")]
    assert RankedTool.objects.get(tool=first).score_low == Decimal("85.0")
    assert RankedTool.objects.get(tool=first).score_high == Decimal("95.0")


@pytest.mark.parametrize(
    ("one", "other"),
    [((90, 92, 88), (60, 63, 57)), ((90, 92, 88), (87, 89, 85)), ((90, 60, 88), (60, 63, 57))],
)
def test_a_tool_leads_in_a_ranking_as_in_a_comparison(panel, one, other):
    cards = [list(scored(panel, *scores).reviews.all()) for scores in (one, other)]
    outcome = outcome_of(paired_result(*cards), Thresholds.from_settings())

    assert panel_leads(*map(Scores, cards)) == (outcome == Outcome.LEADS)


def test_tools_that_share_too_few_reviewers_are_told_apart_by_their_intervals():
    def card(reviewers, *scores):
        pairs = zip(reviewers, scores, strict=True)
        return Scores([Review(reviewer_id=reviewer, score=score) for reviewer, score in pairs])

    high, low = card([1, 2, 3], 90, 91, 92), card([4, 5, 6], 40, 41, 42)
    wide = card([4, 5, 6], 50, 70, 90)

    assert panel_leads(high, low)
    assert not panel_leads(high, wide)


def test_a_rank_takes_three_reviews_or_ten_votes_and_a_tool_that_still_exists(panel):
    ranked = voted(scored(panel, 80, 80, 80), 10, 0)
    voted(scored(panel, 99, 99), 9, 0)
    voted(scored(panel, 99, 99, 99, published=False), 10, 0)
    gone = voted(scored(panel, 99, 99, 99), 20, 0)
    Tool.objects.filter(pk=gone.pk).update(status="discontinued")

    RANKINGS.refresh()

    for ranking in ("panel", "community", "divisive", "gap"):
        assert ranks(ranking) == [(ranked, "1")]


def test_each_category_has_its_own_ranks(panel):
    one, other = make_category(), make_category()
    first, second = (
        scored(panel, 90, 92, 88, category=one),
        scored(panel, 60, 63, 57, category=other),
    )

    RANKINGS.refresh()

    assert ranks("panel") == [(first, "1"), (second, "2")]
    assert ranks("panel", one) == [(first, "1")]
    assert ranks("panel", other) == [(second, "1")]


def test_the_community_ranks_by_the_lower_bound_and_shares_what_votes_cannot_separate():
    many, few, low = make_tool(), make_tool(), make_tool()
    voted(many, 180, 20)
    voted(few, 10, 0)
    voted(low, 50, 150)

    RANKINGS.refresh()

    # 10 of 10 has a lower bound of 72 %, 180 of 200 one of 85 %.
    assert ranks("community") == [(many, "=1"), (few, "=1"), (low, "3")]


def test_equal_spreads_share_a_rank(panel):
    widest, one, other = (
        scored(panel, *scores) for scores in [(20, 50, 90), (50, 60, 70), (70, 60, 80)]
    )

    RANKINGS.refresh()

    assert ranks("divisive") == [(widest, "1"), (one, "=2"), (other, "=2")]


def test_the_gap_is_between_the_shares_of_ships_in_whole_percent(panel):
    below = voted(scored(panel, 80, 20, 20), 100, 0)
    above = voted(scored(panel, 80, 80, 80, 80), 60, 40)

    RANKINGS.refresh()

    assert ranks("gap") == [(below, "1"), (above, "2")]
    assert [rank.ranked_tool.gap for rank in widest_gaps(5)] == [-67, 40]


def test_a_missing_lenient_reviewer_changes_the_corrected_place(panel, settings):
    settings.LENIENCY_PRIOR_TOOLS = 0
    for _ in range(3):
        scored(panel, 50, 50, 50, 90)
    # Raw: 70.0 with the lenient reviewer, 69.0 without.
    ahead = scored(panel, 60, 60, 60, 100)
    behind = scored(panel, 69, 69, 69, None)

    RANKINGS.refresh()

    found = {
        rank.ranked_tool.tool: (rank.place, rank.corrected_place, rank.rise)
        for rank in Rank.objects.filter(ranking="panel", category=None)
    }
    assert found[ahead] == (1, 2, -1)
    assert found[behind] == (2, 1, 1)


def test_equal_scores_have_the_same_place_to_move_from(panel):
    for _ in range(3):
        scored(panel, 70, 70, 70)

    RANKINGS.refresh()

    assert set(Rank.objects.filter(ranking="panel").values_list("rise", flat=True)) == {0}


def test_only_the_first_places_are_stored_and_the_last_one_knows_that_it_shares_its_rank(
    panel, monkeypatch
):
    monkeypatch.setattr(figures, "TOP", 2)
    for score in (90, 80, 80):
        scored(panel, score, score, score)

    RANKINGS.refresh()

    found = Rank.objects.filter(ranking="panel", category=None).order_by("place")
    assert [(rank.place, rank.text, rank.among) for rank in found] == [(1, "1", 3), (2, "=2", 3)]


@pytest.mark.parametrize("change", ["vote", "review", "publication"])
def test_ranks_are_computed_again_only_when_something_changed(panel, change):
    tool = voted(scored(panel, 80, 80, 80), 10, 0)
    assert RANKINGS.refresh() is True
    assert RANKINGS.refresh() is False

    if change == "vote":
        voted(tool, 11, 0)
    elif change == "review":
        publish_review(tool, panel[0], 60, reason="Version 2 is slower.")
    else:
        unpublish_tool(tool=tool, reason="A duplicate.")

    assert RANKINGS.refresh() is True
    assert RANKINGS.refresh() is False


def test_the_job_computes_them_and_the_check_proves_them(panel, capsys):
    scored(panel, 80, 80, 80)

    refresh_figures()

    call_command("recount", "--check")
    assert f"Rankings: {RANKINGS.ALL_RIGHT}" in capsys.readouterr().out
    Rank.objects.filter(ranking="panel", category=None).update(is_shared=True)
    (difference,) = RANKINGS.differences()
    assert difference.endswith("is_shared is True, not False")


def test_a_tool_has_no_rank_while_its_score_is_not_the_one_that_was_ranked(panel):
    tool = scored(panel, 80, 80, 80)
    RANKINGS.refresh()
    assert [rank.text for rank in panel_ranks(tool)] == ["1", "1"]

    publish_review(tool, panel[0], 60, reason="Version 2 is slower.")

    assert panel_ranks(Tool.objects.select_related("panel").get(pk=tool.pk)) == []


@pytest.fixture
def long_ago(monkeypatch):
    """Return a function that lets the rest of the test happen so many days before now."""
    now = timezone.now
    return lambda days: monkeypatch.setattr(
        "django.utils.timezone.now", lambda: now() - timedelta(days=days)
    )


def moves():
    return [(move.tool, move.points_text, move.old_verdict) for move in biggest_moves(5)]


def test_moves_of_verdicts_come_first_then_the_largest_of_scores(panel, long_ago):
    long_ago(40)
    turned, fell, rose, _ = (scored(panel, 60, 60, 60) for _ in range(4))
    long_ago(20)
    publish_review(turned, panel[0], 57, "skip", reason="It broke.")
    publish_review(rose, panel[0], 66, reason="It works now.")
    long_ago(1)
    publish_review(turned, panel[1], 57, "skip", reason="It broke.")
    publish_review(fell, panel[0], 30, reason="It broke.")
    publish_review(rose, panel[1], 66, reason="It works now.")

    RANKINGS.refresh()

    assert moves() == [(turned, "−2", "ship"), (fell, "−10", "ship"), (rose, "+4", "ship")]


def test_a_first_verdict_is_no_move_and_neither_is_what_came_back(panel, long_ago):
    long_ago(40)
    back = scored(panel, 60, 60, 60)
    long_ago(2)
    publish_review(scored(panel, 60, 60, 60), panel[0], 90, reason="It works now.")
    publish_review(back, panel[0], 90, reason="It works now.")
    publish_review(back, panel[0], 60, reason="It broke.")

    RANKINGS.refresh()

    assert not Move.objects.exists()


def test_a_move_ends_after_thirty_days_and_with_its_tool(panel, long_ago):
    long_ago(60)
    tool = scored(panel, 60, 60, 60)
    long_ago(29)
    publish_review(tool, panel[0], 90, reason="It works now.")
    RANKINGS.refresh()
    assert moves() == [(tool, "+10", "ship")]

    long_ago(-2)
    assert RANKINGS.refresh() is True
    assert moves() == []


def test_a_tool_that_is_withdrawn_has_neither_move_nor_gap(panel, long_ago):
    long_ago(40)
    tool = voted(scored(panel, 60, 60, 60), 0, 10)
    long_ago(0)
    publish_review(tool, panel[0], 90, reason="It works now.")
    RANKINGS.refresh()
    assert moves()
    assert widest_gaps(5)

    unpublish_tool(tool=tool, reason="A duplicate.")

    assert moves() == []
    assert widest_gaps(5) == []
