"""How the site rounds and words figures: half up, without a decimal that says nothing."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django.utils.translation import ngettext


def percent(part: int, whole: int) -> int | None:
    """Return `part` of `whole` in whole percent, rounded half up; None if `whole` is 0."""
    return (200 * part + whole) // (2 * whole) if whole else None


def one_decimal(value: Fraction) -> Decimal:
    """Return `value` with one decimal, rounded half away from zero."""
    return nearest_decimal(Decimal(value.numerator) / Decimal(value.denominator))


def nearest_decimal(value: Decimal | float) -> Decimal:
    """Return `value` with one decimal, rounded half away from zero."""
    return Decimal(value).quantize(Decimal("0.1"), ROUND_HALF_UP)


def mean(points: Sequence[int]) -> Decimal | None:
    """Return the mean, one decimal, rounded half away from zero; None of an empty sequence."""
    return one_decimal(Fraction(sum(points), len(points))) if points else None


def share_text(share: Fraction | float) -> str:
    """Return "83%"; a share that only rounds to all or nothing is "more than 99%" or "less than 1%"."""
    if 0 < share < 0.005:
        return "less than 1%"
    if 0.995 <= share < 1:
        return "more than 99%"
    return f"{Decimal(float(100 * share)).quantize(Decimal(1), ROUND_HALF_UP)}%"


def short_decimal(value: Decimal) -> str:
    """Return "6.3" for 6.3 and "10" for 10.0."""
    return f"{value.normalize():f}"


def points_text(value: Decimal) -> str:
    """Return "1 point", "6.3 points" or "0 points"."""
    return ngettext("{points} point", "{points} points", 1 if value == 1 else 2).format(
        points=short_decimal(value)
    )


def signed(value: Decimal) -> str:
    """Return "+7.3", "−4" or "0"."""
    if not value:
        return "0"
    return f"{'+' if value > 0 else '−'}{short_decimal(abs(value))}"


def plain(value: Decimal) -> str:
    """Return the figure with a real minus sign: "0.31", "−0.10"."""
    return f"{value}".replace("-", "−")
