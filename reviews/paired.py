"""The paired result: two tools compared over the reviewers who scored both, and over nobody else.

A mean over different people compares the people. Here every difference is one reviewer's score of
the first tool minus the same reviewer's score of the second.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from reviews.models import Review
from reviews.rounding import mean


@dataclass(frozen=True)
class PairedResult:
    """`differences`: score points, one per reviewer who scored both, in panel order."""

    differences: tuple[int, ...]
    # How many reviewers scored at least one of the two.
    either: int

    @property
    def both(self) -> int:
        """How many reviewers scored both."""
        return len(self.differences)

    @property
    def prefer_first(self) -> int:
        return self.prefer_first_by(1)

    @property
    def prefer_second(self) -> int:
        return self.prefer_second_by(1)

    def prefer_first_by(self, points: float) -> int:
        """How many scored the first tool higher by `points` or more."""
        return sum(difference >= points for difference in self.differences)

    def prefer_second_by(self, points: float) -> int:
        return sum(difference <= -points for difference in self.differences)

    @property
    def mean_difference(self) -> Decimal | None:
        """Points, one decimal, rounded half away from zero; None when nobody scored both."""
        return mean(self.differences)

    def leads_by(self, points: float) -> bool:
        """Whether the exact mean difference, not the rounded one, is `points` or more."""
        return self.both > 0 and sum(self.differences) >= points * self.both

    @property
    def reverse(self) -> "PairedResult":
        """The same result, told of the second tool."""
        return PairedResult(tuple(-difference for difference in self.differences), self.either)


def paired_result(first: Iterable[Review], second: Iterable[Review]) -> PairedResult:
    """Pair two scorecards (lists of current Review)."""
    ours = scores_by_reviewer(first)
    theirs = scores_by_reviewer(second)
    differences = tuple(
        ours[reviewer] - theirs[reviewer] for reviewer in ours if reviewer in theirs
    )
    return PairedResult(differences, either=len(ours.keys() | theirs.keys()))


def scores_by_reviewer(scorecard: Iterable[Review]) -> dict[int, int]:
    """{reviewer id: score}, in panel order."""
    return {review.reviewer_id: review.score for review in scorecard if review.score is not None}
