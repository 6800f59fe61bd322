"""Krippendorff's alpha: how far two reviewers agree beyond what chance would give.

Source: Klaus Krippendorff, "Computing Krippendorff's Alpha-Reliability" (University of Pennsylvania, 2011),
sections B to D. 1 is full agreement, 0 is what chance gives, less than 0 is systematic disagreement.
"""

from fractions import Fraction


def krippendorff_alpha(*, within: int, values: int, total: int, squares: int) -> Fraction | None:
    """Return alpha with the interval metric (a − b)²; None where all values are the same, or there are none.

    Values of 0 and 1 give the nominal alpha, because the two metrics are the same there. `within` is the
    sum of (a − b)² over the two values of each unit; `values` their number (two a unit), `total` their
    sum and `squares` the sum of their squares.

    With D_o = 2·within / values, and D_e the mean (a − b)² over all pairs of values, whatever their unit.
    """
    expected = values * squares - total**2
    if not expected:
        return None
    return 1 - Fraction(within * (values - 1), expected)
