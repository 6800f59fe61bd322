from dataclasses import asdict
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
from votes.voting_figures import voting_figures
from web.public_page import public_page

# (ships, votes) whose interval the page prints.
EXAMPLES = [(8, 10), (80, 100), (800, 1000)]


@public_page(TALLIES_PAGE)
def voting(request: HttpRequest) -> HttpResponse:
    """Explain how votes are counted, with the vote log of the tool that ranks first as an example."""
    best = listed_ids(Facets(), "community", limit=1)
    context = {
        "reader_cookie": settings.READER_COOKIE_NAME,
        "last_write_cookie": settings.LAST_WRITE_COOKIE_NAME,
        **asdict(voting_figures()),
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
