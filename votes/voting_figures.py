"""The limits and public rules of votes in force, as `/voting/` and the API say them."""

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings


@dataclass(frozen=True)
class VotingFigures:
    wide_factor: int
    new_readers: int
    pace_at_once: int
    pace_seconds: Decimal  # between votes, from then on
    network_cap: int
    burst_floor: int
    burst_factor: int
    burst_days: int
    reader_at_once: int
    reader_per_hour: int
    network_at_once: int
    network_per_hour: int


def voting_figures() -> VotingFigures:
    pace_at_once, pace_per_hour = settings.VOTE_PACE
    reader_at_once, reader_per_hour = settings.VOTE_LIMIT_READER
    network_at_once, network_per_hour = settings.VOTE_LIMIT_NETWORK
    return VotingFigures(
        wide_factor=settings.WIDE_NETWORK_FACTOR,
        new_readers=settings.VOTE_NEW_READERS_PER_HOUR,
        pace_at_once=pace_at_once,
        pace_seconds=Decimal(3600) / pace_per_hour,
        network_cap=settings.VOTE_NETWORK_CAP,
        burst_floor=settings.VOTE_BURST_FLOOR,
        burst_factor=settings.VOTE_BURST_FACTOR,
        burst_days=settings.VOTE_BURST_HISTORY_DAYS,
        reader_at_once=reader_at_once,
        reader_per_hour=reader_per_hour,
        network_at_once=network_at_once,
        network_per_hour=network_per_hour,
    )
