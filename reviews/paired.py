"""Paired comparison: two tools over the reviewers who scored both, and over nobody else.

A difference of two means over different reviewers would compare the reviewers. Here every difference
is between two scores of one reviewer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import sqrt
from typing import Self

from reviews.models import Review
from reviews.rounding import one_decimal
from reviews.students_t import t_quantile

type Scorecard = Iterable[Review]
# {reviewer id: weight}; reviewers who are not named count 1, those of weight 0 are left out.
type Weights = Mapping[int, Fraction]

ERROR = 0.05  # of a 95 % interval
EQUAL = 1  # whole, because sums of fractions are slow


@dataclass(frozen=True)
class Difference:
    """Two scores by one reviewer: of the first tool and of the second."""

    first: Review
    second: Review
    weight: Fraction | int = EQUAL

    @property
    def points(self) -> int:
        assert self.first.score is not None and self.second.score is not None  # noqa: S101 - for the type checker
        return self.first.score - self.second.score

    @property
    def reviewer(self) -> str:
        return self.first.reviewer.name


@dataclass(frozen=True)
class PairedResult:
    """The differences of two tools, one per reviewer who scored both, in panel order."""

    differences: tuple[Difference, ...]
    # How many reviewers scored at least one of the two.
    either: int

    @property
    def both(self) -> int:
        """How many reviewers scored both."""
        return len(self.differences)

    @cached_property
    def points(self) -> tuple[int, ...]:
        """Points of the first tool minus points of the second, per reviewer."""
        return tuple(difference.points for difference in self.differences)

    @cached_property
    def mean(self) -> Fraction | None:
        """The exact weighted mean of the differences; None when nobody scored both."""
        return weighted_mean(self.differences)

    @property
    def mean_difference(self) -> Decimal | None:
        """The mean in points, one decimal, rounded half away from zero."""
        return None if self.mean is None else one_decimal(self.mean)

    @property
    def prefer_first(self) -> int:
        """How many scored the first tool higher."""
        return sum(points > 0 for points in self.points)

    @property
    def prefer_second(self) -> int:
        return sum(points < 0 for points in self.points)

    def share_first_by(self, points: Decimal | int) -> Fraction:
        """Return the weighted share who scored the first tool higher by `points` or more."""
        return self._share(difference.points >= points for difference in self.differences)

    def share_second_by(self, points: Decimal | int) -> Fraction:
        return self._share(difference.points <= -points for difference in self.differences)

    def leads_by(self, points: Decimal | int) -> bool:
        """Whether the exact mean difference, not the rounded one, is `points` or more."""
        return self.mean is not None and self.mean >= Fraction(points)

    def interval(self, pairs: int = 1) -> tuple[float, float] | None:
        """Return the 95 % interval of the mean difference, in points; None of fewer than two reviewers.

        It is d̄ ± t(n − 1, 1 − 0.05/2m) · s/√n. With m = `pairs` above 1 it is Bonferroni's: all intervals
        of the pairs hold together with 95 %. With weights, n is (Σw)²/Σw² in s and in √n, and equal
        weights give the same interval as none. Sources: see `reviews.students_t`; O. J. Dunn, "Multiple
        comparisons among means", Journal of the American Statistical Association 56 (1961).
        """
        if self.mean is None or self.both < 2:
            return None
        mean = float(self.mean)
        weights = [float(difference.weight) for difference in self.differences]
        total = sum(weights)
        size = total**2 / sum(weight**2 for weight in weights)
        squares = sum(
            weight * (points - mean) ** 2
            for weight, points in zip(weights, self.points, strict=True)
        )
        error = sqrt(squares / total / (size - 1))
        margin = t_quantile(1 - ERROR / (2 * pairs), self.both - 1) * error
        return mean - margin, mean + margin

    def without_most_influential(self) -> tuple[str, Fraction] | None:
        """Return the reviewer without whom the mean changes most, and that mean.

        None where the mean would stay, or would be one of nobody. Of equal changes: the first in panel order.
        """
        if self.mean is None or self.both < 2:
            return None
        means = [(left_out, self._mean_without(left_out)) for left_out in self.differences]
        left_out, mean = max(means, key=lambda item: abs(item[1] - (self.mean or 0)))
        return None if mean == self.mean else (left_out.reviewer, mean)

    def swapped(self) -> Self:
        """Return the same result seen from the second tool."""
        swapped = (Difference(item.second, item.first, item.weight) for item in self.differences)
        return type(self)(tuple(swapped), self.either)

    def _mean_without(self, left_out: Difference) -> Fraction:
        mean = weighted_mean([item for item in self.differences if item is not left_out])
        assert mean is not None  # noqa: S101 - for the type checker
        return mean

    def _share(self, counts: Iterable[bool]) -> Fraction:
        weights = [difference.weight for difference in self.differences]
        counted = sum(
            weight for weight, is_counted in zip(weights, counts, strict=True) if is_counted
        )
        return Fraction(counted) / sum(weights) if weights else Fraction(0)


def weighted_mean(differences: Iterable[Difference]) -> Fraction | None:
    differences = list(differences)
    total = sum(difference.weight for difference in differences)
    if not total:
        return None
    return (
        Fraction(sum(difference.weight * difference.points for difference in differences)) / total
    )


def paired_result(
    first: Scorecard, second: Scorecard, weights: Weights | None = None
) -> PairedResult:
    """Pair two scorecards of current reviews, each in panel order."""
    weights = weights or {}
    ours, theirs = _counted(first, weights), _counted(second, weights)
    return PairedResult(
        differences=tuple(
            Difference(review, theirs[reviewer], weights.get(reviewer, EQUAL))
            for reviewer, review in ours.items()
            if reviewer in theirs
        ),
        either=len({**ours, **theirs}),
    )


def _counted(scorecard: Scorecard, weights: Weights) -> dict[int, Review]:
    return {
        review.reviewer_id: review
        for review in scorecard
        if review.score is not None and weights.get(review.reviewer_id, EQUAL) != 0
    }
