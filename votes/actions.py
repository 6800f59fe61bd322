from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from accounts.models import User
from accounts.networks import Network
from accounts.rate_limits import NO_WAIT, TooManyRequests
from tools.models import Tool
from votes.models import Intervention, Reason, Rule, Tally, Vote
from votes.rules import limits_of, rule_figures
from web.write_ahead_log import wait_for_disk

# The rows of a tool that everybody votes on are wanted by the next vote, so the statement does not hold them
# until the disk has it: `_call` waits for the disk after it.
RESULT = f"""
SELECT (result.vote).*, result.retry_after,
    (result.tally).ships, (result.tally).skips, (result.tally).held, (result.tally).version, {NO_WAIT}
"""
LIMITS = """
    cookie => %(reader)s, tool => %(tool)s,
    networks => %(networks)s::text[], shares => %(shares)s::float[],
    network_room => %(network_room)s::float[], reader_room => %(reader_room)s::float[]
"""
CAST = f"""
{RESULT} FROM votes_cast({LIMITS},
    new_choice => %(choice)s, new_reason => %(reason)s, network => %(network)s,
    pace => %(pace)s::float[], newcomers => %(newcomers)s, cap => %(cap)s,
    burst_floor => %(burst_floor)s, burst_factor => %(burst_factor)s, burst_days => %(burst_days)s
) AS result
"""
WITHDRAW = f"{RESULT} FROM votes_withdraw({LIMITS}) AS result"


def cast_vote(
    *,
    reader_id: UUID | None,
    tool: Tool,
    choice: str,
    networks: Sequence[Network],
    reason: Reason | None = None,
) -> tuple[Vote, str | None]:
    """Cast or change a reader's vote on `tool`, and bring `tool.tally` up to date.

    Return the vote, and the position of the write in the write-ahead log; None within a transaction. A reader
    is made if there is none with that id: `vote.reader_id`. Casting the same choice again only replaces the
    reason. A vote that a public rule holds is stored with the rule and does not count. Raises TooManyRequests
    beyond a limit.
    """
    values = {
        "reader": reader_id,
        "choice": choice,
        "reason": reason and reason.pk,
        "network": networks[0].hash,
    }
    vote, position = _call(CAST, tool, values | limits_of(networks) | rule_figures())
    if reason and vote.reason_id == reason.pk:
        vote.reason = reason
    return vote, position


def withdraw_vote(
    *, reader_id: UUID | None, tool: Tool, networks: Sequence[Network]
) -> tuple[Vote | None, str | None]:
    """Withdraw a reader's vote on `tool`, if there is one, and bring `tool.tally` up to date.

    Return the vote as it was, and the position as `cast_vote` does. Casting the vote again undoes it. Raises
    TooManyRequests beyond a limit.
    """
    vote, position = _call(WITHDRAW, tool, {"reader": reader_id} | limits_of(networks))
    return (vote if vote.pk else None), position


def _call(statement: str, tool: Tool, values: dict[str, Any]) -> tuple[Vote, str | None]:
    """Run the statement, wait for the disk unless a caller's transaction will, and return vote and position."""
    alone = not connection.in_atomic_block
    (vote,) = Vote.objects.raw(statement, values | {"tool": tool.pk, "alone": alone})
    result: dict[str, Any] = vars(vote)
    if result["retry_after"] is not None:
        raise TooManyRequests(result["retry_after"], "votes")
    counts = {name: result[name] for name in ("ships", "skips", "held", "version")}
    tool.tally = Tally(tool=tool, **counts)
    vote.tool = tool
    return vote, wait_for_disk() if alone else None


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
    ids, then the tally.
    """
    chosen = list(
        votes.filter(tool=tool).order_by("pk").select_for_update().values_list("pk", flat=True)
    )
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
