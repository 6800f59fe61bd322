"""The bottom line: which sentence a comparison may carry on top."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.community import ShipInterval
from pages.comparison.bottom_line import bottom_line, community_leader
from pages.comparison.bottom_line_text import Outcome, Thresholds
from reviews.models import Review

THRESHOLDS = Thresholds(
    min_reviewers=3, lead_points=Decimal(5), lead_share=75, split_points=Decimal(10)
)
CLAUDE, LLAMA = [88, 82, 85, 79], [82, 75, 80, 72]


def line(*scores, community=None, thresholds=THRESHOLDS):
    """The bottom line of Ada, Bert, Cleo …; their `scores` by reviewer, None for no review."""
    names = ["Ada", "Bert", "Cleo", "Dora"][: len(scores)]
    cards = [
        [
            Review(reviewer_id=reviewer, score=score)
            for reviewer, score in enumerate(of_tool)
            if score is not None
        ]
        for of_tool in scores
    ]
    return bottom_line(names, cards, community, thresholds)


def test_the_first_pair():
    assert line(CLAUDE, LLAMA).sentence == (
        "Ada leads by 6.3 points. 4 of 4 reviewers scored both. Ada is preferred by 4 of them."
    )


def test_the_second_tool_can_lead():
    assert (line(LLAMA, CLAUDE).leader, line(LLAMA, CLAUDE).headline) == (
        1,
        "Bert leads by 6.3 points.",
    )


def test_a_mean_difference_of_exactly_the_threshold_leads():
    assert line([85, 85, 85], [80, 80, 80]).outcome == Outcome.LEADS


def test_a_mean_difference_that_only_rounds_to_the_threshold_does_not_lead():
    assert line([85] * 19 + [84], [80] * 20).outcome == Outcome.CLOSE


def test_a_threshold_that_binary_floats_cannot_hold_is_met_exactly(settings):
    settings.BOTTOM_LINE_LEAD_POINTS = 0.1

    assert line([1] + [0] * 9, [0] * 10, thresholds=None).outcome == Outcome.CLOSE  # share
    settings.BOTTOM_LINE_LEAD_SHARE = 10
    assert line([1] + [0] * 9, [0] * 10, thresholds=None).outcome == Outcome.LEADS


def test_exactly_the_share_of_reviewers_is_enough_to_lead():
    assert line([90, 90, 90, 80], [80, 80, 80, 80]).outcome == Outcome.LEADS


def test_a_high_mean_without_the_share_does_not_lead():
    assert line([100, 80, 80, 80], [60, 80, 80, 80]).sentence == (
        "Too close to call. 4 of 4 reviewers scored both. Ada is 10 points ahead of Bert on average; "
        "Ada is preferred by 1 of them, Bert by 0."
    )


def test_equal_means_are_too_close_to_call():
    assert line([80, 81, 82], [81, 80, 82]).sentence == (
        "Too close to call. 3 of 3 reviewers scored both. Ada and Bert both average 81; "
        "Ada is preferred by 1 of them, Bert by 1."
    )


def test_clear_preferences_both_ways_split_the_panel():
    assert line([90, 70, 80, 81], [80, 80, 80, 80]).sentence == (
        "The panel is split. 4 of 4 reviewers scored both. Ada is 10 points or more ahead with 1 of "
        "them, Bert with 1."
    )


def test_preferences_below_the_points_do_not_split_the_panel():
    assert line([90, 71, 80], [80, 80, 80]).outcome == Outcome.CLOSE


def test_a_leader_leads_even_when_one_reviewer_clearly_disagrees():
    scores = [100, 100, 100, 70], [80, 80, 80, 80]

    assert line(*scores).outcome == Outcome.LEADS


def test_two_reviewers_are_not_enough():
    assert line([88, 82, None], [82, 75, 70]).sentence == (
        "Not enough reviews. Only 2 reviewers have scored both; a bottom line needs 3."
    )


def test_no_reviews_at_all_are_not_enough():
    assert line([], []).sentence == ("Not enough reviews. No reviewer has scored both yet.")


def test_one_reviewer_is_not_enough_and_is_counted_in_the_singular():
    assert line([88], [82]).figures == "Only 1 reviewer has scored both; a bottom line needs 3."


def test_a_lead_of_one_point_is_a_point():
    one = replace(THRESHOLDS, lead_points=Decimal(1))

    assert line([81, 81, 81], [80, 80, 80], thresholds=one).headline == "Ada leads by 1 point."


def test_of_three_no_reviewer_may_have_scored_all():
    assert line([88, None], [82, None], [None, 80]).figures == "No reviewer has scored all 3 yet."


def test_a_name_with_braces_is_printed_as_it_is():
    cards = [[Review(reviewer_id=1, score=score)] for score in (80, 70)]
    thresholds = replace(THRESHOLDS, min_reviewers=1)

    headline = bottom_line(["{both}", "B"], cards, None, thresholds).headline

    assert headline == "{both} leads by 10 points."


def test_the_coverage_counts_reviewers_of_one_tool_only():
    assert line([*CLAUDE, 10], [*LLAMA, None]).sentence == (
        "Ada leads by 6.3 points. 4 of 5 reviewers scored both. Ada is preferred by 4 of them."
    )


def test_of_three_the_highest_leads_when_it_leads_over_each():
    assert line([70, 70, 70], [90, 90, 90], [80, 80, 80]).sentence == (
        "Bert leads by 10 points over the runner-up, Cleo. 3 of 3 reviewers scored all 3. "
        "Bert is preferred by 3 of them."
    )


def test_of_three_nobody_leads_who_does_not_lead_over_the_next():
    assert line([70, 70, 70], [90, 90, 90], [88, 88, 88]).sentence == (
        "Too close to call. 3 of 3 reviewers scored all 3. Bert is 2 points ahead of Cleo on average; "
        "Bert is preferred by 3 of them, Cleo by 0."
    )


def test_of_three_a_split_with_the_top_tool_splits_the_panel():
    split = line([60, 60, 60], [90, 70, 80], [80, 80, 78])

    assert (split.outcome, "Bert" in split.figures, "Cleo" in split.figures) == (
        Outcome.SPLIT, True, True,
    )  # fmt: skip


def test_of_three_a_split_below_the_top_does_not_matter():
    assert line([95, 95, 95], [80, 60, 70], [60, 80, 70]).outcome == Outcome.LEADS


def test_of_four_only_reviewers_of_all_count():
    scores = [88, 88, 88, 10], [80, 80, 80, 99], [80, 80, 80, None], [80, 80, 80, 99]

    assert line(*scores).sentence == (
        "Ada leads by 8 points over the runner-up, Bert. 3 of 4 reviewers scored all 4. "
        "Ada is preferred by 3 of them."
    )


def interval(low, high, votes=43):
    return ShipInterval(Decimal(low), Decimal(high), votes)


def test_readers_with_another_leader_disagree_with_the_panel():
    disagreement = line(CLAUDE, LLAMA, community=[interval(30, 50), interval(62, 81)])

    assert disagreement.sentence == (
        "Panel and community disagree. Readers prefer Bert (62–81% ship, n = 43). On the panel, Ada "
        "leads by 6.3 points. 4 of 4 reviewers scored both. Ada is preferred by 4 of them."
    )
    assert disagreement.outcome == Outcome.DISAGREE


def test_agreeing_readers_do_not_change_the_bottom_line():
    agreeing = line(CLAUDE, LLAMA, community=[interval(62, 81), interval(30, 50)])

    assert agreeing.outcome == Outcome.LEADS


def test_readers_cannot_disagree_with_a_panel_that_has_no_leader():
    close = line([80, 80, 80], [79, 79, 79], community=[interval(30, 50), interval(62, 81)])

    assert close.outcome == Outcome.CLOSE


@pytest.mark.parametrize(
    ("community", "leader"),
    [
        (None, None),
        ([], None),
        ([interval(62, 81), None], None),
        ([interval(62, 81), interval(30, 62)], None),  # they touch
        ([interval(62, 81), interval(30, 61)], 0),
        ([interval(10, 20), interval(62, 81), interval(70, 90)], None),
        ([interval(10, 20), interval(62, 81), interval(82, 90)], 2),
    ],
)
def test_readers_have_a_leader_only_where_intervals_do_not_overlap(community, leader):
    assert community_leader(community) == leader


def test_the_thresholds_are_the_settings(settings):
    settings.BOTTOM_LINE_MIN_REVIEWERS = 5

    assert line(CLAUDE, LLAMA, thresholds=None).outcome == Outcome.NOT_ENOUGH


def test_the_minimum_of_reviewers_can_be_raised():
    assert line(CLAUDE, LLAMA, thresholds=replace(THRESHOLDS, min_reviewers=5)).outcome == (
        Outcome.NOT_ENOUGH
    )


scores_of_two = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), max_size=6)


@given(scores_of_two)
def test_the_order_of_two_tools_changes_nothing_but_the_place_of_the_leader(pairs):
    first, second = [ours for ours, _ in pairs], [theirs for _, theirs in pairs]
    one, other = line(first, second), line(second, first)

    assert one.outcome == other.outcome
    assert other.leader == (None if one.leader is None else 1 - one.leader)
