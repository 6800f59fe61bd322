"""What pages print of the readers' votes."""

from dataclasses import dataclass
from decimal import Decimal

from pages.comparison.bottom_line import Interval
from votes.interval import wilson_interval

NO_VOTES = "No community votes yet"


def community_words(tally):
    """A tally in the words of a table: "No community votes yet" at zero."""
    if not tally.votes:
        return NO_VOTES
    return f"{tally.ship_percent}% ship · {tally.ships} ship / {tally.skips} skip"


def community_interval(tally):
    """The Interval of the ship share in percent, or None for a tool that has too few votes to rank."""
    if not tally.is_ranked:
        return None
    low, high = wilson_interval(tally.ships, tally.votes)
    return Interval(Decimal(100 * low), Decimal(100 * high), tally.votes)


def reasons_words(sides):
    """What readers say of a tool: "Ship for price and quality; skip for lock-in", or None.

    `sides` is {"ship": [(label, count)], "skip": […]} as `votes.queries.leading_reasons` gives it.
    """
    parts = [
        f"{side} for {' and '.join(label.lower() for label, _ in reasons)}"
        for side, reasons in sides.items()
        if reasons
    ]
    return "; ".join(parts).capitalize() or None


@dataclass(frozen=True)
class VoteChart:
    """Votes per day as a line: `points` of an SVG polyline in a box of `days` by 30."""

    points: str
    days: int
    total: int
    most: int


def vote_chart(counts):
    """Draw `counts` (votes per day, oldest first); None when there are none."""
    if not any(counts):
        return None
    most = max(counts)
    points = " ".join(f"{day},{30 - 28 * count / most:.1f}" for day, count in enumerate(counts))
    return VoteChart(points, len(counts), sum(counts), most)
