"""Paired comparison: only reviewers who scored both tools count."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from reviews.models import Review
from reviews.paired import PairedResult, paired_result
from reviews.rounding import mean

# {reviewer id: score}
cards = st.dictionaries(st.integers(1, 8), st.integers(0, 100), max_size=8)


def scorecard(scores):
    return [Review(reviewer_id=reviewer, score=score) for reviewer, score in scores.items()]


def paired(first, second, *others):
    return paired_result(*(scorecard(scores) for scores in (first, second, *others)))


def by_differences(*points):
    first = tuple(50 + difference for difference in points)
    return PairedResult(first, (50,) * len(points), either=len(points))


CLAUDE = {1: 88, 2: 82, 3: 85, 4: 79}
LLAMA = {1: 82, 2: 75, 3: 80, 4: 72}


def test_the_first_pair():
    result = paired(CLAUDE, LLAMA)

    assert result == PairedResult(first=(88, 82, 85, 79), second=(82, 75, 80, 72), either=4)
    assert result.differences == (6, 7, 5, 7)
    assert result.mean_difference == Decimal("6.3")  # 6.25
    assert (result.prefer_first, result.prefer_second, result.both) == (4, 0, 4)


def test_a_reviewer_of_one_tool_is_left_out_and_counted_as_such():
    result = paired(CLAUDE | {5: 0}, LLAMA)

    assert (result.differences, result.both, result.either) == ((6, 7, 5, 7), 4, 5)


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

    assert (result.prefer_first_by(10), result.prefer_second_by(10)) == (1, 1)


@given(cards, cards)
def test_swapping_the_tools_negates_the_differences(first, second):
    result, other = paired(first, second), paired(second, first)

    assert sorted(other.differences) == sorted(-points for points in result.differences)
    assert other.either == result.either
    assert (other.prefer_first, other.prefer_second) == (result.prefer_second, result.prefer_first)
    if result.both:
        assert other.mean_difference == -result.mean_difference


@given(cards, cards)
def test_everybody_who_scored_both_is_counted_once(first, second):
    result = paired(first, second)
    equal = result.differences.count(0)

    assert result.both == len(first.keys() & second.keys())
    assert result.either == len(first.keys() | second.keys())
    assert result.prefer_first + result.prefer_second + equal == result.both


def test_of_several_tools_only_reviewers_of_all_count():
    result = paired(CLAUDE, LLAMA | {5: 60}, {1: 70, 2: 70, 3: 70})

    assert (result.differences, result.both, result.either) == ((6, 7, 5), 3, 5)
