"""What pages show of the readers' votes."""

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
