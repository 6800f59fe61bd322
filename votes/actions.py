from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.networks import Network
from accounts.rate_limits import NO_WAIT, TooManyRequests
from tools.actions import lock_tools
from tools.models import Tool
from votes.box import BoxPanel, BoxTally, BoxTool
from votes.metrics import count_other, count_vote
from votes.models import Intervention, Reason, Rule, Tally, Vote
from votes.rules import limits_of, rule_figures
from web.write_ahead_log import wait_for_disk

VOTE_FIELDS = [field.attname for field in Vote._meta.concrete_fields]
VOTE = ", ".join(f"(result.vote).{field.column}" for field in Vote._meta.concrete_fields)
# The rows of a tool that everybody votes on are wanted by the next vote, so the statement does not hold them
# until the disk has it: `_call` waits for the disk after it.
RESULT = f"""
SELECT {VOTE}, result.retry_after,
    tool.slug, tool.name, tool.panel_verdict, tool.panel_ships, tool.panel_skips,
    (result.tally).ships, (result.tally).skips, (result.tally).held, {NO_WAIT}
FROM votes_find_tool(%(slug)s, %(now)s) AS tool
"""  # noqa: S608 - made of constants of our own
LIMITS = """
    cookie => %(reader)s, tool => tool.id,
    networks => %(networks)s::text[], shares => %(shares)s::float[],
    network_room => %(network_room)s::float[], reader_room => %(reader_room)s::float[]
"""
CAST = f"""
{RESULT} CROSS JOIN LATERAL votes_cast({LIMITS},
    new_choice => %(choice)s, new_reason => %(reason)s, network => %(network)s,
    pace => %(pace)s::float[], newcomers => %(newcomers)s, cap => %(cap)s,
    burst_floor => %(burst_floor)s, burst_factor => %(burst_factor)s, burst_days => %(burst_days)s
) AS result
"""
WITHDRAW = f"{RESULT} CROSS JOIN LATERAL votes_withdraw({LIMITS}) AS result"


class Voted(NamedTuple):
    """What a vote or a withdrawal left: the vote (without an id if there is none), and its tool as a box prints it.

    `position` is that of the write in the write-ahead log; None within a transaction.
    """

    vote: Vote
    tool: BoxTool
    position: str | None


def cast_vote(
    *,
    reader_id: UUID | None,
    slug: str,
    choice: str,
    networks: Sequence[Network],
    reason: Reason | None = None,
) -> Voted:
    """Cast or change a reader's vote on the published tool that has `slug` in any case, or had it earlier.

    A reader is made if there is none with that id: `vote.reader_id`. Casting the same choice again only replaces
    the reason. A vote that a public rule holds is stored with the rule and does not count. Raises
    Tool.DoesNotExist, and TooManyRequests beyond a limit.
    """
    values = {
        "reader": reader_id,
        "choice": choice,
        "reason": reason and reason.pk,
        "network": networks[0].hash,
    }
    voted = _call(CAST, slug, values | limits_of(networks) | rule_figures())
    count_vote(voted.vote)
    if reason and voted.vote.reason_id == reason.pk:
        voted.vote.reason = reason
    return voted


def withdraw_vote(*, reader_id: UUID | None, slug: str, networks: Sequence[Network]) -> Voted:
    """Withdraw a reader's vote on a tool, if there is one; the vote is returned as it was before.

    Finds the tool and raises as `cast_vote` does. Casting the vote again undoes it.
    """
    voted = _call(WITHDRAW, slug, {"reader": reader_id} | limits_of(networks))
    if voted.vote.pk:
        count_other("withdrawn")
    return voted


def _call(statement: str, slug: str, values: dict[str, Any]) -> Voted:
    """Run the statement, and wait for the disk unless a caller's transaction will."""
    alone = not connection.in_atomic_block
    values |= {"slug": slug.lower(), "now": timezone.now(), "alone": alone}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    if row is None:
        raise Tool.DoesNotExist
    width = len(VOTE_FIELDS)
    retry_after, slug, name, verdict, ships, skips, *counts, _ = row[width:]
    if retry_after is not None:
        count_other("limited")
        raise TooManyRequests(retry_after, "votes")
    vote = Vote.from_db(connection.alias, VOTE_FIELDS, row[:width])
    tool = BoxTool(slug, name, BoxTally(*counts), BoxPanel(verdict, ships, skips))
    return Voted(vote, tool, wait_for_disk() if alone else None)


@transaction.atomic
def void_votes(
    *,
    staff: User,
    tool: Tool,
    votes: QuerySet[Vote],
    reason: str,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Intervention:
    """Void the counted and held ones of `votes`, all on `tool`: they are kept but do not count."""
    return _intervene(
        staff=staff,
        tool=tool,
        votes=votes.filter(state__in=[Vote.State.COUNTED, Vote.State.HELD]),
        act=Intervention.Act.VOIDED,
        changes={"state": Vote.State.VOIDED, "rule": Rule.STAFF},
        reason=reason,
        since=since,
        until=until,
    )


@transaction.atomic
def release_votes(*, staff: User, tool: Tool, votes: QuerySet[Vote], reason: str) -> Intervention:
    """Count the held and voided ones of `votes`, all on `tool`."""
    return _intervene(
        staff=staff,
        tool=tool,
        votes=votes.filter(state__in=[Vote.State.HELD, Vote.State.VOIDED]),
        act=Intervention.Act.RELEASED,
        changes={"state": Vote.State.COUNTED, "rule": ""},
        reason=reason,
    )


def _intervene(
    *,
    staff: User,
    tool: Tool,
    votes: QuerySet[Vote],
    act: Intervention.Act,
    changes: dict[str, str],
    **details: Any,
) -> Intervention:
    """Change the votes, and record who did it and the tally before and after.

    Votes on the tool wait until it is done. Locks are taken in the order of `cast_vote`: votes by their
    ids, then the tool, then the tally. An import locks a tool before its tally, too.
    """
    chosen = list(
        votes.filter(tool=tool).order_by("pk").select_for_update().values_list("pk", flat=True)
    )
    lock_tools([tool.pk])
    before = Tally.objects.select_for_update().get(tool=tool)
    Vote.objects.filter(pk__in=chosen).update(**changes)
    after = Tally.objects.get(tool=tool)
    return Intervention.objects.create(
        staff=staff,
        tool=tool,
        act=act,
        votes=len(chosen),
        ships_before=before.ships,
        skips_before=before.skips,
        ships_after=after.ships,
        skips_after=after.skips,
        **details,
    )
