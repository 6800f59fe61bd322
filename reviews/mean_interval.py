from collections.abc import Sequence
from math import sqrt
from statistics import mean, stdev

from reviews.paired import ERROR
from reviews.students_t import t_quantile


def mean_interval(scores: Sequence[int]) -> tuple[float, float]:
    """Return the 95 % interval of the mean of two or more scores, x̄ ± t(n − 1, 0.975) · s/√n, within 0 and 100.

    Source: "Student" (W. S. Gosset), "The probable error of a mean", Biometrika 6 (1908); for samples as small
    as a panel see `reviews.students_t`.
    """
    middle = mean(scores)
    margin = t_quantile(1 - ERROR / 2, len(scores) - 1) * stdev(scores) / sqrt(len(scores))
    return max(0.0, middle - margin), min(100.0, middle + margin)
