"""Someone who wants votes on a tool to count, with as many cookies as they like, through the site's own actions."""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F

from accounts.models import RateLimit, Reader
from accounts.networks import Network
from accounts.rate_limits import TooManyRequests
from votes.actions import cast_vote
from votes.models import Tally, Vote, VoteDay

HOURS = 24


def counted_votes(tool, networks, *, days=1, per_hour=None):
    """The votes of a greedy attacker that count after `days` days.

    Each hour they vote from every network, in turns, until `per_hour` votes were cast (by default as many as are
    no burst) or nothing more counts. `networks` are lists of Network, as of one address each.
    """
    for _ in range(days):
        for _ in range(HOURS):
            attack_for_an_hour(
                tool, networks, settings.VOTE_BURST_FLOOR if per_hour is None else per_hour
            )
            pass_time(hours=1)
        pass_day()
    tally = Tally.objects.get(tool=tool)
    return tally.ships + tally.skips


def attack_for_an_hour(tool, networks, per_hour):
    """Votes that a network's cap holds are no part of the hour's burst, and the network is spent."""
    left, cast = list(networks), 0
    while left and cast < per_hour:
        network = left[cast % len(left)]
        if is_spent(tool, network):
            left.remove(network)
        else:
            cast += 1


def is_spent(tool, networks):
    try:
        vote, *_ = cast_vote(reader_id=None, slug=tool.slug, choice="ship", networks=networks)
    except TooManyRequests:
        return True
    return vote.rule not in {"", "burst"}


def pass_time(hours):
    """Move all that happened into the past: clock hours are in the names of counters."""
    delta = timedelta(hours=hours)
    RateLimit.objects.update(updated_at=F("updated_at") - delta)
    Vote.objects.update(changed_at=F("changed_at") - delta, cast_at=F("cast_at") - delta)
    Reader.objects.exclude(newcomer_until=None).update(newcomer_until=F("newcomer_until") - delta)
    RateLimit.objects.filter(name__regex="^(burst|newcomers):").delete()


def pass_day():
    """The hash of a network is another one on another day, so its counters start at zero."""
    RateLimit.objects.filter(name__startswith="cap:").delete()
    with connection.cursor() as cursor:
        # Day by day, the oldest first: a day's rows are unique.
        for day in VoteDay.objects.order_by("day").values_list("day", flat=True).distinct():
            cursor.execute("UPDATE votes_voteday SET day = day - 1 WHERE day = %s", [day])


def ipv4_networks(count):
    return [[Network(n.to_bytes(16))] for n in range(count)]


def ipv6_networks(count):
    """As many /48 of one /32."""
    provider = Network(b"\xff" * 16, settings.WIDE_NETWORK_FACTOR)
    return [[Network(n.to_bytes(16)), provider] for n in range(count)]
