"""Paired comparison: only reviewers who scored both tools count."""

from decimal import Decimal
from fractions import Fraction
from statistics import stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.models import Review, Reviewer
from reviews.paired import Difference, PairedResult, paired_result
from reviews.rounding import mean

# {reviewer id: score}
cards = st.dictionaries(st.integers(1, 8), st.integers(0, 100), max_size=8)


def scorecard(scores):
    return [Review(reviewer_id=reviewer, score=score) for reviewer, score in scores.items()]


def paired(first, second):
    return paired_result(scorecard(first), scorecard(second))


def by_differences(*points, weights=()):
    """The result of as many reviewers, named A, B, C …, of whom each has one difference."""
    names = [Reviewer(name=letter) for letter in "ABCDEFGHIJKLMNOPQRSTU"]
    weights = weights or [1] * len(points)
    differences = tuple(
        Difference(
            Review(reviewer=name, score=50 + each),
            Review(reviewer=name, score=50),
            Fraction(weight),
        )
        for name, each, weight in zip(names, points, weights, strict=False)
    )
    return PairedResult(differences, either=len(points))


CLAUDE = {1: 88, 2: 82, 3: 85, 4: 79}
LLAMA = {1: 82, 2: 75, 3: 80, 4: 72}


def test_the_first_pair():
    result = paired(CLAUDE, LLAMA)

    assert result.points == (6, 7, 5, 7)
    assert result.mean_difference == Decimal("6.3")  # 6.25
    assert (result.prefer_first, result.prefer_second, result.both) == (4, 0, 4)


def test_a_reviewer_of_one_tool_is_left_out_and_counted_as_such():
    result = paired(CLAUDE | {5: 0}, LLAMA)

    assert (result.points, result.both, result.either) == ((6, 7, 5, 7), 4, 5)


def test_an_equal_score_prefers_neither():
    result = paired({1: 80, 2: 81}, {1: 80, 2: 80})

    assert (result.prefer_first, result.prefer_second) == (1, 0)


def test_nobody_scored_both():
    result = paired({1: 80}, {2: 80})

    assert (result.both, result.either, result.mean_difference) == (0, 2, None)
    assert not result.leads_by(0)


def test_means_are_rounded_half_away_from_zero():
    assert mean([6, 7, 5, 7]) == Decimal("6.3")
    assert mean([-6, -7, -5, -7]) == Decimal("-6.3")
    assert mean([1, 0, 0]) == Decimal("0.3")


def test_a_lead_is_measured_before_rounding():
    just_below = by_differences(*[5] * 19, 4)  # 4.95, printed as 5

    assert just_below.mean_difference == Decimal("5.0")
    assert not just_below.leads_by(Decimal(5))
    assert by_differences(*[5] * 20).leads_by(Decimal(5))


def test_a_preference_of_exactly_the_points_counts():
    result = by_differences(10, 9, -10)

    assert (result.share_first_by(10), result.share_second_by(10)) == (
        Fraction(1, 3),
        Fraction(1, 3),
    )


@given(cards, cards)
def test_swapping_the_tools_negates_the_differences(first, second):
    result, other = paired(first, second), paired(second, first)

    assert sorted(other.points) == sorted(-points for points in result.points)
    assert other.either == result.either
    assert (other.prefer_first, other.prefer_second) == (result.prefer_second, result.prefer_first)
    if result.both:
        assert other.mean_difference == -result.mean_difference


@given(cards, cards)
def test_everybody_who_scored_both_is_counted_once(first, second):
    result = paired(first, second)
    equal = result.points.count(0)

    assert result.both == len(first.keys() & second.keys())
    assert result.either == len(first.keys() | second.keys())
    assert result.prefer_first + result.prefer_second + equal == result.both


def test_the_interval_of_a_hand_worked_example():
    """5, 25, 5 and 9: d̄ = 11, s = √(272/3) = 9.5219, t(3) = 3.1824: 11 ± 15.15."""
    low, high = by_differences(5, 25, 5, 9).interval()

    assert (low, high) == (pytest.approx(-4.151, abs=0.001), pytest.approx(26.151, abs=0.001))


def test_of_four_reviewers_the_margin_is_1_59_standard_deviations():
    low, high = by_differences(0, 2, 4, 10).interval()

    assert (high - low) / 2 == pytest.approx(1.591 * stdev([0, 2, 4, 10]), abs=0.01)


def test_more_pairs_make_the_interval_wider():
    """t(2, 1 − 0.05/6) = 7.649 in place of 4.303."""
    one, three = (by_differences(10, 14, 6).interval(pairs) for pairs in (1, 3))

    assert (three[1] - 10) / (one[1] - 10) == pytest.approx(7.6488 / 4.3027, abs=0.001)


def test_one_reviewer_has_no_interval():
    assert by_differences(7).interval() is None
    assert by_differences().interval() is None


def test_without_the_most_influential_reviewer():
    assert by_differences(5, 25, 5, 9).without_most_influential() == ("B", Fraction(19, 3))
    assert by_differences(5, 5, 5).without_most_influential() is None
    assert by_differences(5).without_most_influential() is None


def test_weights_move_mean_and_share():
    """(2·6 + 0.5·(−4)) / 2.5 = 4."""
    result = by_differences(6, -4, weights=["2", "0.5"])

    assert (result.mean, result.share_first_by(1)) == (4, Fraction(4, 5))


def test_a_reviewer_of_weight_0_is_not_counted():
    result = paired_result(scorecard(CLAUDE), scorecard(LLAMA), {1: Fraction(0), 2: Fraction(3)})

    assert (result.points, result.both, result.either) == ((7, 5, 7), 3, 3)


@given(st.lists(st.integers(-100, 100), min_size=2, max_size=7), st.integers(1, 10))
def test_equal_weights_change_nothing(points, weight):
    plain = by_differences(*points)
    weighted = by_differences(*points, weights=[weight] * len(points))

    assert weighted.mean == plain.mean
    assert weighted.interval() == pytest.approx(plain.interval())


def test_unequal_weights_make_the_interval_wider():
    """Of weights 3, 1 and 1 the effective size is 25/11 = 2.27."""
    low, high = by_differences(10, 10, 13, weights=[3, 1, 1]).interval()

    assert (low, high) == (pytest.approx(10.6 - 4.577, abs=0.001), pytest.approx(15.177, abs=0.001))
