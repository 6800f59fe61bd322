"""The figures of the limits and of the public rules that hold votes (`settings.VOTE_*`, printed on /voting/).

The functions votes_cast and votes_withdraw in Postgres apply them (`votes/migrations/_cast_functions.py`): a
vote has no weight, it counts, or a rule holds it and the vote stores the rule's name. Someone with k networks
changes a tool's count by at most VOTE_NETWORK_CAP × k votes a day, with any number of cookies.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings

from accounts.networks import Network


def limits_of(networks: Sequence[Network]) -> dict[str, Any]:
    """Return how often votes may be cast or withdrawn from `networks`, as the functions take it."""
    return {
        "networks": _array(network.hash.hex() for network in networks),
        "shares": _array(network.share for network in networks),
        "network_room": _array(settings.VOTE_LIMIT_NETWORK),
        "reader_room": _array(settings.VOTE_LIMIT_READER),
    }


def rule_figures() -> dict[str, Any]:
    """Return the figures of the rules, as votes_cast takes them."""
    return {
        "pace": _array(settings.VOTE_PACE),
        "newcomers": settings.VOTE_NEW_READERS_PER_HOUR,
        "cap": settings.VOTE_NETWORK_CAP,
        "burst_floor": settings.VOTE_BURST_FLOOR,
        "burst_factor": settings.VOTE_BURST_FACTOR,
        "burst_days": settings.VOTE_BURST_HISTORY_DAYS,
    }


def _array(values: Iterable[str | float]) -> str:
    """Return an array of hexadecimal words or numbers as Postgres writes it.

    psycopg makes the same text of a list, but looks for the type of every element first.
    """
    return f"{{{','.join(map(str, values))}}}"
