"""The bottom line: which sentence a comparison may carry on top."""

import random
from dataclasses import replace
from decimal import Decimal
from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparisons.bottom_line import Compared, bottom_line
from comparisons.bottom_line_rules import Outcome, Thresholds
from comparisons.pairs import all_pairs, decide
from reviews.models import Review, Reviewer
from votes.models import Tally

THRESHOLDS = Thresholds(
    min_reviewers=3,
    lead_points=Decimal(5),
    lean_share=75,
    split_points=Decimal(10),
    split_share=25,
)
NAMES = ["Ada", "Bert", "Cleo", "Dora"]
PANEL = [
    Reviewer(pk=pk, name=name)
    for pk, name in enumerate(["Builder", "Skeptic", "Founder", "Futurist", "Critic"], start=1)
]
CLAUDE, LLAMA = [88, 82, 85, 79], [82, 75, 80, 72]


def scorecard(scores):
    """Reviews by the panel, in its order; None for no review."""
    by_reviewer = zip(PANEL, scores, strict=False)
    return [Review(reviewer=who, score=score) for who, score in by_reviewer if score is not None]


def line(*scores, thresholds=THRESHOLDS, **compared):
    """The bottom line of Ada, Bert, Cleo …, by the scores that each got."""
    cards = [scorecard(of_tool) for of_tool in scores]
    return bottom_line(Compared(NAMES[: len(scores)], cards, **compared), thresholds)


def of_differences(*points, **compared):
    return line([50 + each for each in points], [50] * len(points), **compared)


def test_a_lead_comes_with_its_interval():
    """d̄ = 6.25, s = 0.957, t(3) = 3.182: 6.25 ± 1.52."""
    assert line(CLAUDE, LLAMA).sentence == (
        "Ada leads by 6.3 points. 95% interval: 4.7 to 7.8 points. Ada is preferred by 4 of 4."
    )
    assert line(CLAUDE, LLAMA).outcome == Outcome.LEADS


def test_the_second_tool_can_lead():
    second = line(LLAMA, CLAUDE)

    assert (second.pick, second.headline) == (1, "Bert leads by 6.3 points.")


def test_a_lean_says_that_chance_is_not_excluded_and_who_moves_it_most():
    """d̄ = 11, s = 9.487: 11 ± 15.1. Without the +25 it is 19/3."""
    lean = of_differences(5, 25, 5, 9)

    assert (lean.outcome, lean.pick) == (Outcome.LEANS, 0)
    assert lean.sentence == (
        "Leans to Ada. Ada is 11 points ahead, preferred by 4 of 4. With 4 reviewers chance is not "
        "excluded (95% interval: −4.2 to +26.2 points). Without Skeptic: +6.3 for Ada."
    )


def test_the_mean_without_a_reviewer_can_turn_to_the_other_tool():
    assert of_differences(30, 1, 1, -8).figures.endswith("Without Builder: +2 for Bert.")


def test_exactly_three_of_four_are_enough_to_lean_and_two_of_three_are_not():
    assert of_differences(20, 20, 20, -1).outcome == Outcome.LEANS
    assert of_differences(20, 20, -1).outcome == Outcome.UNDECIDED


def test_a_mean_of_exactly_the_threshold_leads_and_one_that_only_rounds_to_it_does_not():
    assert of_differences(5, 5, 5).outcome == Outcome.LEADS
    assert of_differences(5, 5, 5, 5, 4).outcome == Outcome.NO_DIFFERENCE


def test_clear_preferences_both_ways_split_the_panel():
    split = of_differences(23, -15, 2, 1)

    assert (split.outcome, split.pick) == (Outcome.SPLIT, None)
    assert split.sentence == (
        "The panel is split. Read Builder (+23 for Ada) and Skeptic (+15 for Bert)."
    )


@pytest.mark.parametrize("points", [(23, -9, 2, 1), (9, -23, 2, 1), (23, -15, 2, 1, 0)])
def test_less_than_the_points_or_the_share_splits_nobody(points):
    assert of_differences(*points).outcome != Outcome.SPLIT


def test_where_scores_do_not_decide_the_facts_that_differ_are_named():
    small = of_differences(9, -9, 4, differing=["Entry", "Licence", "Runs on"])

    assert small.sentence == (
        "No practical difference in score. All 3 reviewers score them less than 10 points apart. "
        "Choose by what differs: Entry, Licence and Runs on."
    )
    assert of_differences(0, 0, 0).sentence.endswith(
        "No other figure or fact in the table differs either."
    )


def test_undecided_says_who_prefers_which():
    assert of_differences(14, 10, -3).sentence == (
        "Undecided. Ada is 7 points ahead on average, preferred by 2 of 3; Bert by 1."
    )
    assert of_differences(10, -10, 0, 0, 0).sentence == (
        "Undecided. Both have the same average; Ada is preferred by 1 of 5, Bert by 1."
    )


def test_undecided_with_nobody_on_the_other_side_says_none():
    assert of_differences(11, 1, 1).sentence == (
        "Undecided. Ada is 4.3 points ahead on average, preferred by 3 of 3; Bert by none."
    )


def test_two_shared_reviewers_are_provisional_and_told_with_their_differences():
    thin = line([88, 82, None], [82, 91, 70])

    assert (thin.outcome, thin.pick, thin.robustness) == (Outcome.THIN, None, "")
    assert thin.sentence == (
        "Provisional. 2 reviewers scored both: Builder +6 for Ada and Skeptic +9 for Bert. 3 are needed. "
        "Still missing for Ada: Founder."
    )


def test_one_shared_reviewer_is_in_the_singular():
    assert line([80], [80]).figures == (
        "1 reviewer scored both: Builder scores them the same. 3 are needed."
    )


def test_with_nobody_in_common_both_scorecards_are_told_and_who_is_missing():
    assert line([80, 71, None], [None, None, 90]).figures == (
        "No reviewer has scored both yet. Ada: panel score 75.5 from 2 reviewers (Builder and Skeptic). "
        "Bert: panel score 90 from 1 reviewer (Founder). Still missing for Ada: Founder. "
        "Still missing for Bert: Builder and Skeptic."
    )


def test_tools_without_reviews_say_so_and_name_nobody():
    assert line([], []).figures == (
        "No reviewer has scored both yet. Ada has no reviews yet. Bert has no reviews yet."
    )


def test_the_coverage_is_said_where_somebody_scored_only_one():
    assert line([*CLAUDE, 10], LLAMA).figures.endswith("4 of 5 reviewers scored both.")


def test_status_comes_first_and_the_label_below():
    sentence = line(CLAUDE, LLAMA, status=["Ada is discontinued."]).sentence

    assert sentence.startswith("Ada is discontinued. Ada leads by 6.3 points.")


def test_a_name_with_braces_is_printed_as_it_is():
    cards = [scorecard([80, 81, 82]), scorecard([70, 71, 72])]

    assert bottom_line(Compared(["{both}", "B"], cards), THRESHOLDS).headline == (
        "{both} leads by 10 points."
    )


def test_the_result_says_how_robust_it_is():
    """Of +5, −2 and +5 the second loses only with more than 5/7 of the weight: (2/7)² of all."""
    assert line(CLAUDE, LLAMA).robustness == "Ada wins under all weightings of the reviewers."
    assert of_differences(5, -2, 5).robustness == (
        "Ada wins under 92% of all weightings of the reviewers."
    )
    assert of_differences(-1, -2, -3).robustness.startswith("Bert wins under all")
    assert of_differences(0, 0, 0).robustness == ""


# Three and four tools


def test_of_three_the_highest_leads_when_it_leads_over_each():
    assert line([70, 70, 70], [90, 90, 90], [80, 81, 79]).sentence == (
        "Bert leads by 10 points over the runner-up, Cleo. 95% interval: 5.6 to 14.4 points. "
        "Bert is preferred by 3 of 3."
    )


def test_of_three_the_interval_is_wider_than_of_two():
    """d̄ = 10, s = 3.6: two tools 10 ± 8.96, three ± 16.0 (t = 4.303 and 7.649)."""
    ahead, level = [90, 94, 87], [80, 80, 81]

    assert line(ahead, level).outcome == Outcome.LEADS
    assert line(ahead, level, [50, 50, 50]).outcome == Outcome.LEANS


def test_of_three_a_lean_names_the_nearest_rival():
    assert line([60, 65, 66], [60, 50, 40], [75, 90, 80]).headline == "Leans to Cleo over Ada."


def test_of_three_the_nearest_that_is_not_beaten_decides():
    close = line([70, 70, 70], [90, 90, 90], [88, 88, 88])

    assert (close.outcome, close.pick) == (Outcome.NO_DIFFERENCE, None)
    assert close.headline == "No practical difference in score between Bert and Cleo."


def test_of_three_a_split_below_the_top_does_not_matter():
    assert line([95, 95, 95], [80, 60, 70], [60, 80, 70]).headline == "Leans to Ada over Bert."


def test_of_three_pairs_are_compared_where_not_all_scored_all():
    """Cleo was scored by three others than Ada and Bert in part; each pair has its own reviewers."""
    by_pairs = line([90, 90, 90, 91, None], [80, 80, 80, 80, None], [None, 60, 60, 61, 90])

    assert (by_pairs.outcome, by_pairs.pick) == (Outcome.LEADS, 0)


def test_of_three_a_tool_that_too_few_scored_makes_the_result_provisional():
    thin = line([90, 90, 90], [80, 81, 79], [70, None, None])

    assert (thin.outcome, thin.pick) == (Outcome.THIN, None)
    assert thin.sentence == (
        "Provisional. Ada is 10 points ahead of Bert (3 reviewers, 95% interval: 5.6 to 14.4 points). "
        "Too few reviewers scored Ada and Cleo both (1; 3 are needed). "
        "Still missing for Cleo: Skeptic and Founder."
    )


def test_of_three_without_any_review_nothing_is_made_up():
    assert line([], [], []).sentence.endswith(
        "Ada has no reviews yet. Bert has no reviews yet. Cleo has no reviews yet."
    )


def test_of_three_a_tool_that_a_reviewer_puts_second_does_not_win_under_all_weightings():
    """Bert wins where nearly only the Builder counts, which no draw hits."""
    several = line([90, 90, 90, 90], [91, 0, 0, 0], [0, 91, 0, 0])

    assert several.robustness == "Ada wins under more than 99% of all weightings of the reviewers."


def test_of_four_robustness_counts_reviewers_of_all():
    scores = [88, 80, 88, 10], [80, 88, 80, 99], [70, 70, 70, None], [60, 60, 60, 99]

    assert "of all weightings" in line(*scores).robustness


# Readers


def tallies(*counts):
    return [Tally(ships=ships, skips=skips) for ships, skips in counts]


def test_readers_who_prefer_another_disagree_with_the_panel():
    disagreement = line(CLAUDE, LLAMA, tallies=tallies((20, 30), (60, 20)))

    assert (disagreement.outcome, disagreement.pick) == (Outcome.DISAGREE, 0)
    assert disagreement.sentence == (
        "Panel and community disagree. Ada leads by 6.3 points. 95% interval: 4.7 to 7.8 points. "
        "Ada is preferred by 4 of 4. Readers prefer Bert: 75% of 80 votes say ship, against 40% of 50 for "
        "Ada (95% interval of the difference: 18 to 50 points)."
    )


def test_intervals_that_overlap_can_still_differ_by_newcombe():
    """54 to 72 % and 41 to 59 % overlap; the interval of their difference excludes 0."""
    overlapping = tallies((50, 50), (65, 35))

    assert line(CLAUDE, LLAMA, tallies=overlapping).outcome == Outcome.DISAGREE


@pytest.mark.parametrize(
    "counts",
    [
        [(60, 20), (20, 30)],  # they agree
        [(20, 30), (30, 30)],  # chance is not excluded
        [(0, 9), (60, 0)],  # too few votes for the panel's pick
        [(0, 60), (9, 0)],  # too few for the other
    ],
)
def test_readers_do_not_disagree(counts):
    assert line(CLAUDE, LLAMA, tallies=tallies(*counts)).outcome == Outcome.LEADS


def test_readers_cannot_disagree_with_a_panel_that_has_no_pick():
    assert of_differences(1, 1, 1, tallies=tallies((0, 60), (60, 0))).outcome == (
        Outcome.NO_DIFFERENCE
    )


def test_of_three_a_tool_with_few_votes_does_not_silence_the_readers():
    others = tallies((10, 90), (90, 10), (1, 0))

    assert line([90] * 3, [80] * 3, [70] * 3, tallies=others).outcome == Outcome.DISAGREE


# Settings, and rules that hold for all scores


def test_the_thresholds_are_the_settings(settings):
    settings.BOTTOM_LINE_MIN_REVIEWERS = 5
    settings.BOTTOM_LINE_LEAD_POINTS = 0.1

    thresholds = Thresholds.from_settings()

    assert line(CLAUDE, LLAMA, thresholds=thresholds).outcome == Outcome.THIN
    assert thresholds.lead_points == Decimal("0.1")


@pytest.mark.parametrize(
    ("threshold", "value", "outcome"),
    [
        ("lead_points", Decimal("7.1"), Outcome.SPLIT),
        ("split_points", Decimal(16), Outcome.LEANS),
        ("split_share", 26, Outcome.LEANS),
        ("lean_share", 76, Outcome.SPLIT),
    ],
)
def test_each_threshold_decides(threshold, value, outcome):
    """Of 23, −15, 10 and 10 the mean is 7, and three of four prefer Ada."""
    thresholds = replace(THRESHOLDS, **{threshold: value})

    assert of_differences(23, -15, 10, 10, thresholds=thresholds).outcome == outcome


scores_of_two = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), max_size=5)


@given(scores_of_two)
def test_the_order_of_two_tools_changes_nothing_but_the_place_of_the_pick(pairs):
    first, second = [ours for ours, _ in pairs], [theirs for _, theirs in pairs]
    one, other = line(first, second), line(second, first)

    assert one.outcome == other.outcome
    assert other.pick == (None if one.pick is None else 1 - one.pick)


T_975 = {3: 4.302653, 4: 3.182446, 5: 2.776445}  # of n − 1 degrees of freedom, from a printed table


@given(st.lists(st.integers(-60, 50), min_size=3, max_size=5))
def test_a_lead_is_that_of_the_formula_by_a_printed_table(points):
    ahead = points if sum(points) >= 0 else [-each for each in points]
    margin = T_975[len(points)] * stdev(ahead) / len(ahead) ** 0.5

    assert (of_differences(*points).outcome == Outcome.LEADS) == (
        mean(ahead) >= 5 and mean(ahead) - margin > 0
    )


@pytest.mark.parametrize("deviation", [5, 8.5, 12])
@pytest.mark.parametrize("reviewers", [3, 4, 5])
def test_with_no_true_difference_at_most_one_in_twenty_leads(reviewers, deviation):
    draw = random.Random(f"{reviewers} {deviation}")
    level = scorecard([50] * reviewers)

    leads = 0
    for _ in range(2000):
        other = scorecard([round(draw.gauss(50, deviation)) for _ in range(reviewers)])
        leads += decide(all_pairs([level, other]), THRESHOLDS).outcome == Outcome.LEADS

    # 5 %, and three standard errors of 2,000 draws.
    assert leads / 2000 <= 0.05 + 0.015
