"""Where readers prefer another tool than the panel."""

from collections.abc import Sequence
from math import floor

from votes.models import Tally
from votes.newcombe import newcombe_interval

READERS = (
    "Readers prefer {other}: {other_share}% of {other_votes} votes say ship, against {share}% of {votes} for "
    "{pick} (95% interval of the difference: {low} to {high} points)."
)


def disagreement(names: Sequence[str], tallies: Sequence[Tally] | None, pick: int | None) -> str:
    """Return a sentence on the tool that readers prefer to the panel's `pick`, or "".

    Only tools with enough votes for a percentage count. The interval of the difference of the two ship
    shares has to exclude 0; of several tools it is the one with the highest share.
    """
    if tallies is None or pick is None or not tallies[pick].is_ranked:
        return ""
    preferred = [
        place
        for place, tally in enumerate(tallies)
        if tally.is_ranked and _interval(tally, tallies[pick])[0] > 0
    ]
    if not preferred:
        return ""
    other = max(preferred, key=lambda place: tallies[place].ships / tallies[place].votes)
    low, high = _interval(tallies[other], tallies[pick])
    return READERS.format(
        other=names[other],
        other_share=tallies[other].ship_percent,
        other_votes=tallies[other].votes,
        pick=names[pick],
        share=tallies[pick].ship_percent,
        votes=tallies[pick].votes,
        low=floor(100 * low + 0.5),
        high=floor(100 * high + 0.5),
    )


def _interval(tally: Tally, other: Tally) -> tuple[float, float]:
    return newcombe_interval(tally.ships, tally.votes, other.ships, other.votes)
