"""A limit for pages that cost much and have too many addresses to be cached: search, 404 with near names, deep pages.

A view consumes it where it is about to do such work. So a page from the cache of public pages costs nothing.
"""

import re

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest

from accounts.networks import networks_of
from accounts.rate_limits import Bucket, consume, network_buckets, refuse_beyond
from web.client_address import client_address
from web.postgres import is_unavailable
from web.replica import PRIMARY, current_alias

FIRST_PAGES = re.compile("[1-9]")


def limit_expensive_read(request: HttpRequest) -> None:
    """Raise TooManyRequests for a network that has caused too much such work.

    There is no limit for what is read from a replica while the primary, where limits are kept, is out of reach.
    """
    consume_read(request, "reads", settings.READ_LIMIT_NETWORK)


def consume_read(request: HttpRequest, purpose: str, room: tuple[int, int]) -> list[Bucket]:
    """Consume a limit of reads of the client's networks, and return its buckets; none without a limit.

    Raises TooManyRequests.
    """
    buckets = network_buckets(purpose, networks_of(client_address(request)), *room)
    try:
        exceeded = consume(buckets)
    except DatabaseError as error:
        if current_alias() == PRIMARY or not is_unavailable(error):
            raise
        return []
    refuse_beyond(exceeded, "requests")
    return buckets


def limit_deep_page(request: HttpRequest) -> None:
    """Do so for the tenth page of a list and later ones: Postgres skips all rows before it.

    A number that is none counts too: "-1" is the last page.
    """
    page = request.GET.get("page")
    if page and not FIRST_PAGES.fullmatch(page):
        limit_expensive_read(request)
