from fractions import Fraction
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from reviews.nearest_pairs import NearPair, nearest_pairs

CARDS = st.dictionaries(st.integers(1, 5), st.integers(0, 100), max_size=5)
CATEGORIES = st.dictionaries(st.integers(1, 12), CARDS, max_size=12)


def every_pair(scores):
    """Slowly: {(tool, tool): gap} of all pairs that three or more scored."""
    gaps = {}
    for tool, other in combinations(sorted(scores), 2):
        common = scores[tool].keys() & scores[other].keys()
        if len(common) >= 3:
            points = sum(scores[tool][who] - scores[other][who] for who in common)
            gaps[tool, other] = abs(Fraction(points, len(common)))
    return gaps


def test_neighbours_in_rank_are_not_always_the_nearest():
    """By panel score Ada (80) and Bert (79) are neighbours; in pairs Ada and Cleo (70) are."""
    scores = {
        1: {1: 80, 2: 80, 3: 80},
        2: {1: 79, 2: 79, 4: 79},
        3: {1: 80, 2: 81, 3: 80, 5: 39},
    }

    (pair,) = nearest_pairs(scores, reviewers=3, limit=6)

    assert pair == NearPair(Fraction(1, 3), -3, (1, 3))


def test_of_equal_gaps_that_over_more_reviewers_comes_first():
    scores = {1: dict.fromkeys(range(3), 70), 2: dict.fromkeys(range(3), 70)}
    scores |= {3: dict.fromkeys(range(4), 50), 4: dict.fromkeys(range(4), 50)}

    assert [pair.tools for pair in nearest_pairs(scores, reviewers=3, limit=2)] == [(3, 4), (1, 2)]


@given(CATEGORIES, st.integers(1, 6))
def test_the_gaps_are_those_of_all_pairs(scores, limit):
    gaps = every_pair(scores)

    pairs = nearest_pairs(scores, reviewers=3, limit=limit)

    assert [pair.gap for pair in pairs] == sorted(gaps.values())[:limit]
    assert all(gaps[pair.tools] == pair.gap for pair in pairs)
    assert len({pair.tools for pair in pairs}) == len(pairs)


@given(CATEGORIES, st.sets(st.integers(1, 12)))
def test_among_some_one_of_each_pair_is_one_of_them(scores, among):
    gaps = {tools: gap for tools, gap in every_pair(scores).items() if among & set(tools)}

    pairs = nearest_pairs(scores, reviewers=3, limit=2, among=among)

    assert [pair.gap for pair in pairs] == sorted(gaps.values())[:2]
