import pytest
from hypothesis import given
from hypothesis import strategies as st

from votes.interval import wilson_interval
from votes.newcombe import newcombe_interval


def test_the_examples_of_the_paper():
    """Newcombe (1998), table II, method 10: 56/70 - 48/80 and 9/10 - 3/10."""
    assert newcombe_interval(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=0.0001)
    assert newcombe_interval(9, 10, 3, 10) == pytest.approx((0.1705, 0.8090), abs=0.0001)


def test_shares_whose_own_intervals_overlap_can_still_differ():
    _, high = wilson_interval(60, 100)
    low, _ = wilson_interval(75, 100)
    assert low < high

    assert newcombe_interval(75, 100, 60, 100)[0] > 0


@given(st.integers(0, 50), st.integers(1, 50), st.integers(0, 50), st.integers(1, 50))
def test_it_holds_the_difference_and_stays_within_what_is_possible(
    ships, votes, others, other_votes
):
    ships, others = min(ships, votes), min(others, other_votes)

    low, high = newcombe_interval(ships, votes, others, other_votes)

    assert -1 <= low <= ships / votes - others / other_votes <= high <= 1


@given(st.integers(0, 30), st.integers(30, 60), st.integers(0, 30), st.integers(30, 60))
def test_swapping_the_tools_turns_the_interval_round(ships, votes, others, other_votes):
    low, high = newcombe_interval(ships, votes, others, other_votes)

    assert newcombe_interval(others, other_votes, ships, votes) == pytest.approx((-high, -low))
