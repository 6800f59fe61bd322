"""What pages show of the readers' votes."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.text import get_text_list

from votes.models import Tally
from votes.newcombe import newcombe_interval

type Reasons = dict[str, list[tuple[str, int]]]


def shares_differ(tally: Tally, other: Tally) -> bool:
    """Whether the ship shares of two tallies with votes differ, by Newcombe's 95 % interval."""
    low, high = newcombe_interval(tally.ships, tally.votes, other.ships, other.votes)
    return low > 0 or high < 0


def reasons_text(reasons: Reasons) -> str | None:
    """Return "Ship for price and quality; skip for lock-in", or None without reasons.

    `reasons` is {"ship": [(label, count)], "skip": […]}, from `votes.queries.leading_reasons`.
    """
    ship, skip = (_labels(reasons.get(side, [])) for side in ("ship", "skip"))
    if ship and skip:
        return f"Ship for {ship}; skip for {skip}"
    if ship:
        return f"Ship for {ship}"
    return f"Skip for {skip}" if skip else None


def _labels(reasons: list[tuple[str, int]]) -> str:
    return get_text_list([label.lower() for label, _ in reasons], "and")


@dataclass(frozen=True)
class VoteChart:
    """Votes per day as a line: `points` of an SVG polyline in a box of `days` by 30."""

    points: str
    days: int
    total: int
    peak: int


def vote_chart(counts: Sequence[int]) -> VoteChart | None:
    """Draw `counts` (votes per day, oldest first); return None if all are 0."""
    if not any(counts):
        return None
    peak = max(counts)
    points = " ".join(f"{day},{30 - 28 * count / peak:.1f}" for day, count in enumerate(counts))
    return VoteChart(points, len(counts), sum(counts), peak)
