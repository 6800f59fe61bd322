from dataclasses import asdict, dataclass
from decimal import Decimal
from math import ceil

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.readers import MAX_AGE
from reviews.listing.facets import Facets
from tools.models import Tool
from votes.interval import percent_interval
from votes.listed import listed_ids
from votes.models import RANKED_FROM
from votes.page_validators import TALLIES_PAGE
from votes.price import STEPS, attackers, networks_to_hold_an_hour
from votes.queries import with_tally
from web.public_page import public_page

# (ships, votes) whose interval the page prints.
EXAMPLES = [(8, 10), (80, 100), (800, 1000)]


@dataclass(frozen=True)
class Figures:
    """The settings that the page prints."""

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


def current_figures() -> Figures:
    pace_at_once, pace_per_hour = settings.VOTE_PACE
    reader_at_once, reader_per_hour = settings.VOTE_LIMIT_READER
    network_at_once, network_per_hour = settings.VOTE_LIMIT_NETWORK
    return Figures(
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


@public_page(TALLIES_PAGE)
def voting(request: HttpRequest) -> HttpResponse:
    """Explain how votes are counted, with the vote log of the tool that ranks first as an example."""
    best = listed_ids(Facets(), "community", limit=1)
    context = {
        **asdict(current_figures()),
        "attackers": attackers(),
        "price_steps": STEPS,
        "burst_networks": ceil(24 * settings.VOTE_BURST_FLOOR / max(1, settings.VOTE_NETWORK_CAP)),
        "hold_votes": settings.VOTE_BURST_FLOOR + 1,
        "hold_networks": networks_to_hold_an_hour(),
        "cookie_days": MAX_AGE.days,
        "ranked_from": RANKED_FROM,
        "examples": [(ships, votes, *percent_interval(ships, votes)) for ships, votes in EXAMPLES],
        "example": with_tally(Tool.objects.filter(pk__in=best)).first(),
    }
    return render(request, "pages/voting.html", context)
