"""Paired comparison: two tools over the reviewers who scored both, and over nobody else.

A difference of two means over different reviewers would compare the reviewers. Here every difference
is between two scores of one reviewer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from reviews.models import Review
from reviews.rounding import mean

type Scorecard = Iterable[Review]


@dataclass(frozen=True)
class PairedResult:
    """The scores of two tools, one of each per reviewer who scored both, in panel order."""

    first: tuple[int, ...]
    second: tuple[int, ...]
    # How many reviewers scored at least one of the tools compared.
    either: int

    @property
    def both(self) -> int:
        """How many reviewers scored both."""
        return len(self.first)

    @property
    def differences(self) -> tuple[int, ...]:
        """Points of the first tool minus points of the second, per reviewer."""
        return tuple(ours - theirs for ours, theirs in zip(self.first, self.second, strict=True))

    @property
    def mean_difference(self) -> Decimal | None:
        """Points, one decimal, rounded half away from zero; None when nobody scored both."""
        return mean(self.differences)

    @property
    def prefer_first(self) -> int:
        return self.prefer_first_by(1)

    @property
    def prefer_second(self) -> int:
        return self.prefer_second_by(1)

    def prefer_first_by(self, points: Decimal | int) -> int:
        """How many scored the first tool higher by `points` or more."""
        return sum(difference >= points for difference in self.differences)

    def prefer_second_by(self, points: Decimal | int) -> int:
        return sum(difference <= -points for difference in self.differences)

    def leads_by(self, points: Decimal | int) -> bool:
        """Whether the exact mean difference, not the rounded one, is `points` or more."""
        return self.both > 0 and sum(self.differences) >= points * self.both


def paired_result(first: Scorecard, second: Scorecard, *others: Scorecard) -> PairedResult:
    """Pair two scorecards. With `others`, only reviewers who scored those too are counted."""
    cards = [_scores_by_reviewer(card) for card in (first, second, *others)]
    reviewers = [reviewer for reviewer in cards[0] if all(reviewer in card for card in cards)]
    return PairedResult(
        first=tuple(cards[0][reviewer] for reviewer in reviewers),
        second=tuple(cards[1][reviewer] for reviewer in reviewers),
        either=len({reviewer for card in cards for reviewer in card}),
    )


def _scores_by_reviewer(scorecard: Scorecard) -> dict[int, int]:
    return {review.reviewer_id: review.score for review in scorecard if review.score is not None}
