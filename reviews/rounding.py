"""How the site rounds what it prints: half up, as readers do it."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal


def percent(part: int, whole: int) -> int | None:
    """`part` of `whole` in whole percent, rounded half up; None of nothing."""
    return (200 * part + whole) // (2 * whole) if whole else None


def mean(points: Sequence[int]) -> Decimal | None:
    """The mean of whole numbers, one decimal, rounded half away from zero; None of nothing."""
    if not points:
        return None
    return (Decimal(sum(points)) / len(points)).quantize(Decimal("0.1"), ROUND_HALF_UP)
