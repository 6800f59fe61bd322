from math import gamma, pi, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.students_t import t_probability, t_quantile

# Printed tables, as in NIST's "Engineering Statistics Handbook", 1.3.6.7.2 (one-sided 0.975).
TABLE = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 10: 2.228, 30: 2.042, 100: 1.984}


@pytest.mark.parametrize(("degrees", "printed"), TABLE.items())
def test_quantiles_are_those_of_printed_tables(degrees, printed):
    assert t_quantile(0.975, degrees) == pytest.approx(printed, abs=0.0006)


def test_four_differences_have_an_interval_of_one_and_a_half_standard_deviations():
    """The margin of a mean of four is t(3) · s / √4."""
    assert t_quantile(0.975, 3) / sqrt(4) == pytest.approx(1.591, abs=0.0005)


@given(st.floats(0.0, 8.0), st.integers(1, 12))
def test_the_probability_is_the_area_under_the_density(t, degrees):
    assert t_probability(t, degrees) == pytest.approx(0.5 + area(t, degrees), abs=1e-6)


@given(st.floats(0.51, 0.9995), st.integers(1, 40))
def test_the_quantile_is_where_the_probability_is_reached(probability, degrees):
    assert t_probability(t_quantile(probability, degrees), degrees) == pytest.approx(
        probability, abs=1e-9
    )


def area(t, degrees, steps=2000):
    """The integral of the density from 0 to t, by Simpson's rule."""
    constant = gamma((degrees + 1) / 2) / (sqrt(degrees * pi) * gamma(degrees / 2))

    def density(x):
        return constant * (1 + x * x / degrees) ** (-(degrees + 1) / 2)

    width = t / steps
    inner = sum((4 if n % 2 else 2) * density(n * width) for n in range(1, steps))
    return width / 3 * (density(0) + inner + density(t))
