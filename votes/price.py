"""What it takes to move the count of a tool, by the rules in force. `tests/bench/vote_price.py` measures it."""

from dataclasses import dataclass
from math import ceil

from django.conf import settings

# Votes whose price /voting/ prints.
STEPS = (10, 100, 1000)


@dataclass(frozen=True)
class Attacker:
    """Someone who controls networks; an IPv6 /32 has the budget of `networks` of its /48."""

    name: str
    networks: int

    @property
    def votes_per_day(self) -> int:
        """The most votes on one tool that count in a day; on a tool without a history, and if nobody else votes."""
        return min(self.networks * settings.VOTE_NETWORK_CAP, 24 * settings.VOTE_BURST_FLOOR)

    @property
    def days(self) -> list[int | None]:
        """The days that each of STEPS takes at least; None if no vote counts."""
        per_day = self.votes_per_day
        return [ceil(votes / per_day) if per_day else None for votes in STEPS]


def attackers() -> list[Attacker]:
    return [
        Attacker("One IPv4 /24, or one IPv6 /48", 1),
        Attacker("One IPv6 /32", settings.WIDE_NETWORK_FACTOR),
        *(
            Attacker(f"A pool of proxies in {count:,} networks", count)
            for count in (100, 1000, 10_000)
        ),
    ]


def networks_to_hold_an_hour() -> int | None:
    """From how many networks an hour is made a burst, so that every vote of it is held; None if from no number."""
    cap = settings.VOTE_NETWORK_CAP
    return ceil((settings.VOTE_BURST_FLOOR + 1) / cap) if cap else None
