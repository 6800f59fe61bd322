from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Reader, User
from tools.models import Tool
from votes.models import Intervention, Reason, Rule, Tally, Vote
from votes.rules import holding_rule

# One statement, so that two requests of one reader at the same time leave one vote; triggers update the
# tally. The same choice again changes nothing, so that the rules do not apply to a double click a second
# time. A vote that was held or voided remains so, even after it was withdrawn and cast again.
CAST = """
INSERT INTO votes_vote AS vote
    (reader_id, tool_id, choice, reason_id, state, rule, network, cast_at, changed_at)
VALUES (%(reader)s, %(tool)s, %(choice)s, %(reason)s, %(state)s, %(rule)s, %(network)s, now(), now())
ON CONFLICT (reader_id, tool_id) DO UPDATE SET
    choice = excluded.choice,
    reason_id = excluded.reason_id,
    state = CASE WHEN vote.rule = '' THEN excluded.state
                 WHEN vote.state <> 'withdrawn' THEN vote.state
                 WHEN vote.rule = 'staff' THEN 'voided' ELSE 'held' END,
    rule = CASE WHEN vote.rule = '' THEN excluded.rule ELSE vote.rule END,
    network = excluded.network,
    changed_at = excluded.changed_at
WHERE vote.choice <> excluded.choice OR vote.state = 'withdrawn'
RETURNING *
"""


def cast_vote(
    *, reader: Reader, tool: Tool, choice: str, network: bytes, reason: Reason | None = None
) -> Vote:
    """Cast or change the vote of `reader` on `tool`, and return it.

    Casting the same choice again only replaces the reason. A vote that a public rule holds is stored
    with the rule and does not count.
    """
    vote = Vote.objects.filter(reader=reader, tool=tool).first()
    if vote and vote.choice == choice and vote.state != Vote.State.WITHDRAWN:
        return set_reason(vote=vote, reason=reason)
    rule = holding_rule(reader=reader, tool=tool, network=network)
    values = {
        "reader": reader.pk,
        "tool": tool.pk,
        "choice": choice,
        "reason": reason and reason.pk,
        "state": Vote.State.HELD if rule else Vote.State.COUNTED,
        "rule": rule,
        "network": network,
    }
    for vote in Vote.objects.raw(CAST, values):
        return vote
    # The same reader cast the same choice in another request since the first query.
    return set_reason(vote=Vote.objects.get(reader=reader, tool=tool), reason=reason)


def set_reason(*, vote: Vote, reason: Reason | None) -> Vote:
    """Replace the reason of `vote` where it differs, and return the vote."""
    if vote.reason_id != (reason and reason.pk):
        Vote.objects.filter(pk=vote.pk, choice=vote.choice).update(reason=reason)
        vote.reason = reason
    return vote


def withdraw_vote(*, reader: Reader, tool: Tool) -> None:
    """Withdraw the vote of `reader` on `tool`, if there is one. Casting it again undoes this."""
    Vote.objects.filter(reader=reader, tool=tool).exclude(state=Vote.State.WITHDRAWN).update(
        state=Vote.State.WITHDRAWN, reason=None, changed_at=timezone.now()
    )


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
