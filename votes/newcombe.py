from math import hypot

from votes.interval import wilson_interval


def newcombe_interval(
    ships: int, votes: int, other_ships: int, other_votes: int
) -> tuple[float, float]:
    """Return the 95 % interval of the difference of two ship shares, first minus other, from -1 to 1.

    Two Wilson intervals that overlap can still belong to shares that differ; this interval says so.
    Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions:
    comparison of eleven methods", Statistics in Medicine 17 (1998), method 10. Votes are at least 1 each.
    """
    share, other_share = ships / votes, other_ships / other_votes
    low, high = wilson_interval(ships, votes)
    other_low, other_high = wilson_interval(other_ships, other_votes)
    difference = share - other_share
    least = difference - hypot(share - low, other_high - other_share)
    most = difference + hypot(high - share, other_share - other_low)
    return max(least, -1.0), min(most, 1.0)  # floats can exceed by their last bit
