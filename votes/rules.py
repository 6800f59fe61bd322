"""Which votes do not count, by public rules with public figures (`settings.VOTE_*`, printed on /voting/).

A vote has no weight: it counts, or a rule holds it and the vote stores the rule's name. A person with k
networks changes a tool's count by at most VOTE_NETWORK_CAP × k votes a day, with any number of cookies.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from accounts.models import Reader
from accounts.rate_limits import Bucket, consume, consume_and_count
from tools.models import Tool
from votes.models import Rule, VoteDay


def exceeded_limits(reader: Reader | None, network: bytes) -> list[Bucket]:
    """Consume the limits of one more vote; return those that it exceeds, as buckets with `retry_after`.

    A first vote has no `reader` yet: only its network is limited.
    """
    limits = [Bucket(f"votes:network:{network.hex()}", *settings.VOTE_LIMIT_NETWORK)]
    if reader:
        limits.append(Bucket(f"votes:reader:{reader.pk.hex}", *settings.VOTE_LIMIT_READER))
    return consume(limits)


def holding_rule(*, reader: Reader, tool: Tool, network: bytes) -> str:
    """Return the first rule that holds a vote of `reader` on `tool` from `network`, or "" if it counts."""
    if reader.nth_in_hour > settings.VOTE_NEW_READERS_PER_HOUR:
        return Rule.NEWCOMERS
    # Votes beyond a network's cap must not cause other votes to be held: they are not part of a burst.
    of_network, in_hour = consume_and_count(
        Bucket(f"pace:{reader.pk.hex}", *settings.VOTE_PACE),
        # The hash of a network changes each day (UTC), so this counts one day.
        first=f"cap:{network.hex()}:{tool.pk}",
        most=settings.VOTE_NETWORK_CAP,
        second=f"burst:{tool.pk}:{timezone.now():%Y-%m-%dT%H}",
    )
    if of_network is None:
        return Rule.PACE
    if in_hour is None:
        return Rule.NETWORK_CAP
    if in_hour > settings.VOTE_BURST_FLOOR and in_hour > burst_bound(tool):
        return Rule.BURST
    return ""


def burst_bound(tool: Tool) -> float:
    """Return how many votes an hour on `tool` fit its history: a multiple of its hourly mean."""
    days = settings.VOTE_BURST_HISTORY_DAYS
    today = timezone.now().date()
    cast = VoteDay.objects.filter(
        tool=tool, event=VoteDay.Event.CAST, day__gte=today - timedelta(days=days), day__lt=today
    ).aggregate(total=Sum("count"))["total"]
    return settings.VOTE_BURST_FACTOR * (cast or 0) / (24 * days)
