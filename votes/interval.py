from math import floor, sqrt

from votes.models import Z


def wilson_interval(ships: int, votes: int) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of a share, as (low, high) between 0 and 1.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927). `votes` is at least 1.
    """
    share = ships / votes
    center = share + Z * Z / (2 * votes)
    margin = Z * sqrt((share * (1 - share) + Z * Z / (4 * votes)) / votes)
    scale = 1 + Z * Z / votes
    return max(0.0, (center - margin) / scale), min(1.0, (center + margin) / scale)


def percent_interval(ships: int, votes: int) -> tuple[int, int]:
    """Return the interval as (low, high) in whole percent, rounded half up."""
    low, high = wilson_interval(ships, votes)
    return floor(100 * low + 0.5), floor(100 * high + 0.5)
