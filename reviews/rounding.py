"""How the site rounds what it prints: half up, as readers do it."""

from decimal import ROUND_HALF_UP, Decimal


def percent(part, whole):
    """`part` of `whole` in whole percent, rounded half up; None of nothing."""
    return (200 * part + whole) // (2 * whole) if whole else None


def mean(points):
    """The mean of whole numbers, one decimal, rounded half away from zero; None of nothing."""
    if not points:
        return None
    return (Decimal(sum(points)) / len(points)).quantize(Decimal("0.1"), ROUND_HALF_UP)
