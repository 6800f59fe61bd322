"""Which votes do not count. Public rules with public figures (`settings.VOTE_*`, printed on /voting/).

A vote has no weight: it counts, or a rule holds it and its name is kept with the vote. Whoever has k
networks moves a tool's count by at most VOTE_NETWORK_CAP × k votes a day, with any number of cookies.
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
    """The limits that the next vote goes beyond, as buckets with `retry_after`. None is the best case.

    A first vote has no `reader` yet: only its network limits it.
    """
    limits = [Bucket(f"votes:network:{network.hex()}", *settings.VOTE_LIMIT_NETWORK)]
    if reader:
        limits.append(Bucket(f"votes:reader:{reader.pk.hex}", *settings.VOTE_LIMIT_READER))
    return consume(limits)


def holding_rule(*, reader: Reader, tool: Tool, network: bytes) -> str:
    """The first rule that holds a vote of `reader` on `tool` from `network`, or "" when it counts."""
    if reader.nth_in_hour > settings.VOTE_NEW_READERS_PER_HOUR:
        return Rule.NEWCOMERS
    # What a network sends beyond its cap must not get the others' votes held: it is no part of a burst.
    of_network, in_hour = consume_and_count(
        Bucket(f"pace:{reader.pk.hex}", *settings.VOTE_PACE),
        # A network's hash is another one each day (UTC), so this counts a day.
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
    """How many votes an hour on `tool` are still like its history: a multiple of its hourly mean."""
    days = settings.VOTE_BURST_HISTORY_DAYS
    today = timezone.now().date()
    cast = VoteDay.objects.filter(
        tool=tool, event=VoteDay.Event.CAST, day__gte=today - timedelta(days=days), day__lt=today
    ).aggregate(total=Sum("count"))["total"]
    return settings.VOTE_BURST_FACTOR * (cast or 0) / (24 * days)
