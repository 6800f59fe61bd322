"""Worked examples of Krippendorff (2011), and the definition by counting every pair of values."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.calibration.alpha import krippendorff_alpha


def alpha_of(pairs):
    values = [value for pair in pairs for value in pair]
    return krippendorff_alpha(
        within=sum((one - other) ** 2 for one, other in pairs),
        values=len(values),
        total=sum(values),
        squares=sum(value**2 for value in values),
    )


def test_the_binary_example_of_meg_and_owen():
    meg = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    owen = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]

    # Section B: 4 of 10 differ, 14 zeros and 6 ones: 1 − 19 · 4 / (14 · 6) = 0.095.
    assert alpha_of(list(zip(meg, owen, strict=True))) == 1 - Fraction(19 * 4, 14 * 6)


def test_an_interval_example_by_hand():
    # D_o = (10² + 0² + 10²) · 2 / 6 = 66.67. The 30 ordered pairs of 10, 20, 30, 30, 20, 10 give
    # 2 · (6 · 2800 − 120²) = 4800, so D_e = 160, and alpha = 1 − 66.67 / 160 = 0.58.
    assert alpha_of([(10, 20), (30, 30), (20, 10)]) == Fraction(7, 12)


@pytest.mark.parametrize(
    ("pairs", "alpha"),
    [
        ([(1, 1), (0, 0)], 1),
        ([(1, 0), (0, 1)], Fraction(-1, 2)),
        ([(7, 7), (7, 7)], None),
        ([], None),
    ],
)
def test_the_ends_of_the_scale(pairs, alpha):
    assert alpha_of(pairs) == alpha


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=1, max_size=12))
def test_alpha_is_one_minus_observed_over_expected_disagreement(pairs):
    values = [value for pair in pairs for value in pair]
    every = [(a - b) ** 2 for a, b in product(values, repeat=2)]
    expected = Fraction(sum(every), len(values) * (len(values) - 1))
    observed = Fraction(sum((a - b) ** 2 for a, b in pairs), len(pairs))

    assert alpha_of(pairs) == (None if expected == 0 else 1 - observed / expected)
