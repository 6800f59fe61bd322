"""How the site rounds and words figures: half up, without a decimal that says nothing."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import ngettext


def percent(part: int, whole: int) -> int | None:
    """Return `part` of `whole` in whole percent, rounded half up; None if `whole` is 0."""
    return (200 * part + whole) // (2 * whole) if whole else None


def mean(points: Sequence[int]) -> Decimal | None:
    """Return the mean, one decimal, rounded half away from zero; None of an empty sequence."""
    if not points:
        return None
    return (Decimal(sum(points)) / len(points)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def short_decimal(value: Decimal) -> str:
    """Return "6.3" for 6.3 and "10" for 10.0."""
    return f"{value.normalize():f}"


def points_text(value: Decimal) -> str:
    """Return "1 point", "6.3 points" or "0 points"."""
    return ngettext("{points} point", "{points} points", 1 if value == 1 else 2).format(
        points=short_decimal(value)
    )
