"""Which tools share a rank, because the data cannot tell them apart."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from reviews.mean_interval import mean_interval
from reviews.models import Review
from reviews.paired import paired_result
from votes.newcombe import newcombe_interval


def shared_ranks[Item](items: Sequence[Item], leads: Callable[[Item, Item], bool]) -> list[int]:
    """Return the rank of each of the `items`, which come best first.

    An item shares the rank of the first of its group until that one leads it; then it is the first of the
    next group, and its rank is its place.
    """
    ranks: list[int] = []
    first = 0
    for place, item in enumerate(items):
        if leads(items[first], item):
            first = place
        ranks.append(first + 1)
    return ranks


@dataclass(frozen=True)
class Scores:
    """The current reviews of a tool with three or more."""

    reviews: Sequence[Review]

    @property
    def interval(self) -> tuple[float, float]:
        return mean_interval([review.points for review in self.reviews])


def panel_leads(first: Scores, other: Scores) -> bool:
    """Whether a comparison of the two would say that `first` leads (`comparisons.bottom_line_rules`).

    Where too few reviewers scored both for that, whether it is ahead and the intervals of the means do not overlap.
    """
    points = Decimal(str(settings.BOTTOM_LINE_LEAD_POINTS))
    result = paired_result(first.reviews, other.reviews)
    if result.both < settings.BOTTOM_LINE_MIN_REVIEWERS:
        return first.interval[0] > other.interval[1]
    interval = result.interval()
    return result.leads_by(points) and interval is not None and interval[0] > 0


@dataclass(frozen=True)
class Votes:
    ships: int
    votes: int


def community_leads(first: Votes, other: Votes) -> bool:
    """Whether the ship share of `first` is higher, by Newcombe's 95 % interval of the difference."""
    low, _ = newcombe_interval(first.ships, first.votes, other.ships, other.votes)
    return low > 0


def figure_leads(first: int, other: int) -> bool:
    """Exact figures share a rank only if they are equal."""
    return first > other
