import random
from fractions import Fraction
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.weightings import winning_share, winning_shares

DIFFERENCES = st.lists(st.integers(-100, 100), min_size=1, max_size=7)


def test_two_reviewers_split_the_weightings_by_the_size_of_their_differences():
    assert winning_share([10, -2]) == Fraction(10, 12)


def test_a_hand_worked_example_of_three():
    """+6, +2 and -4: 6²/((6-2)(6+4)) + 2²/((2-6)(2+4)) = 9/10 - 1/6."""
    assert winning_share([6, 2, -4]) == Fraction(9, 10) - Fraction(1, 6)


def test_reviewers_who_agree_are_no_division_by_zero():
    """Two of +5 against one of -5: it loses only where the third has more than half of the weight."""
    assert winning_share([5, 5, -5]) == Fraction(3, 4)


@pytest.mark.parametrize(
    ("differences", "share"), [([3, 2, 9], 1), ([-1, -7], 0), ([0, 0, 0], 0), ([0, 4], 1), ([], 0)]
)
def test_a_tool_that_all_prefer_wins_always_and_equal_tools_never(differences, share):
    assert winning_share(differences) == share


@given(st.lists(st.integers(-100, 100), min_size=1, max_size=8, unique=True))
def test_distinct_differences_follow_the_divided_difference(differences):
    power = len(differences) - 1
    share = sum(
        Fraction(points) ** power / prod(points - other for other in differences if other != points)
        for points in differences
        if points > 0
    )

    assert winning_share(differences) == share


@given(DIFFERENCES)
def test_what_one_tool_does_not_win_the_other_does(differences):
    reverse = winning_share([-points for points in differences])

    assert winning_share(differences) + reverse == (1 if any(differences) else 0)


@settings(max_examples=25)
@given(DIFFERENCES)
def test_the_exact_share_is_that_of_a_slow_simulation(differences):
    assert float(winning_share(differences)) == pytest.approx(simulated(differences), abs=0.02)


def test_the_same_figures_come_out_for_everyone():
    scores = [[80, 70, 60, 90], [75, 75, 65, 85], [60, 80, 70, 70]]

    assert winning_shares(scores) == winning_shares(scores)


def test_shares_of_several_tools_agree_with_the_exact_share_of_two():
    ada, bea = [80, 70, 60, 90], [75, 75, 65, 85]
    never = [0, 0, 0, 0]

    shares = winning_shares([ada, bea, never])

    exact = float(winning_share([a - b for a, b in zip(ada, bea, strict=True)]))
    assert shares == [pytest.approx(exact, abs=0.01), pytest.approx(1 - exact, abs=0.01), 0]


def test_two_tools_with_the_same_scores_leave_a_third_what_it_wins():
    """The third is 20 behind with one reviewer and 20 ahead with the other: half of the weightings."""
    shares = winning_shares([[80, 70], [80, 70], [60, 90]])

    assert shares == [0, 0, pytest.approx(0.5, abs=0.01)]


def test_a_tool_that_another_is_never_behind_wins_nothing():
    assert winning_shares([[80, 70], [80, 71], [60, 71]]) == [0, 1, 0]


def test_tools_with_the_same_scores_share_no_win():
    assert winning_shares([[80, 70], [80, 70], [60, 90]])[0] == 0


def simulated(differences, draws=20_000):
    dice = random.Random(7)
    won = 0
    for _ in range(draws):
        weights = [dice.expovariate() for _ in differences]
        won += sum(w * points for w, points in zip(weights, differences, strict=True)) > 0
    return won / draws
