"""Quantiles of Student's t distribution, which intervals of small samples need.

With three to seven reviewers an interval by the normal distribution is far too narrow. Student's t keeps
its promise at such sizes: J. C. F. de Winter, "Using the Student's t-test with extremely small sample
sizes", Practical Assessment, Research & Evaluation 18 (2013).
"""

from functools import lru_cache
from math import atan, cos, pi, sin, sqrt

PRECISION = 1e-12


@lru_cache(maxsize=256)
def t_quantile(probability: float, degrees: int) -> float:
    """Return t with P(T ≤ t) = `probability` (0.5 to below 1) for whole `degrees` of freedom, 1 or more."""
    low, high = 0.0, 1.0
    while t_probability(high, degrees) < probability:
        low, high = high, 2 * high
    while high - low > PRECISION * high:
        middle = (low + high) / 2
        if t_probability(middle, degrees) < probability:
            low = middle
        else:
            high = middle
    return high


def t_probability(t: float, degrees: int) -> float:
    """Return P(T ≤ t), exact for whole degrees of freedom.

    Source: M. Abramowitz and I. A. Stegun, "Handbook of Mathematical Functions" (1964), 26.7.3 and 26.7.4.
    """
    angle = atan(t / sqrt(degrees))
    if degrees % 2:
        between = 2 / pi * (angle + sin(angle) * _odd_sum(angle, degrees))
    else:
        between = sin(angle) * _even_sum(angle, degrees)
    return (1 + between) / 2


def _odd_sum(angle: float, degrees: int) -> float:
    term = total = cos(angle) if degrees > 1 else 0.0
    for step in range(3, degrees, 2):
        term *= cos(angle) ** 2 * (step - 1) / step
        total += term
    return total


def _even_sum(angle: float, degrees: int) -> float:
    term = total = 1.0
    for step in range(2, degrees, 2):
        term *= cos(angle) ** 2 * (step - 1) / step
        total += term
    return total
