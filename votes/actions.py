from django.db import transaction
from django.utils import timezone

from votes.models import Intervention, Rule, Tally, Vote
from votes.rules import holding_rule

# One statement: whoever casts twice at once leaves one vote, and the tally follows by trigger. The same
# choice again changes nothing, so that no double click is judged by the rules a second time. What was
# held or voided stays so, also when it was withdrawn meanwhile.
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


def cast_vote(*, reader, tool, choice, network, reason=None):
    """Cast or change `reader`'s vote on `tool`, and return it.

    Casting the same again changes nothing. `reason`, a Reason of the vote's side, is replaced.
    A vote that a public rule holds is stored with the rule's name and does not count.
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
    # The same reader cast the same choice since we looked.
    return set_reason(vote=Vote.objects.get(reader=reader, tool=tool), reason=reason)


def set_reason(*, vote, reason):
    """Give `vote` the Reason (or None), if it is another one."""
    if vote.reason_id != (reason and reason.pk):
        Vote.objects.filter(pk=vote.pk, choice=vote.choice).update(reason=reason)
        vote.reason = reason
    return vote


def withdraw_vote(*, reader, tool):
    """Take `reader`'s vote on `tool` back, if there is one. Casting again undoes it."""
    Vote.objects.filter(reader=reader, tool=tool).exclude(state=Vote.State.WITHDRAWN).update(
        state=Vote.State.WITHDRAWN, reason=None, changed_at=timezone.now()
    )


@transaction.atomic
def void_votes(*, staff, tool, votes, reason, since=None, until=None):
    """Void `votes` (a queryset, counted or held, of one `tool`): they stay, named, and do not count."""
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
def release_votes(*, staff, tool, votes, reason):
    """Let held or voided `votes` (a queryset, of one `tool`) count."""
    return _intervene(
        staff=staff,
        tool=tool,
        votes=votes.filter(state__in=[Vote.State.HELD, Vote.State.VOIDED]),
        act=Intervention.Act.RELEASED,
        changes={"state": Vote.State.COUNTED, "rule": ""},
        reason=reason,
    )


def _intervene(*, staff, tool, votes, act, changes, **told):
    """Change the votes and write down who did it, with the tally before and after; return that row.

    Voters on the tool wait meanwhile. Locks are taken as a voter takes them: votes (in the order of
    their ids), then the tally.
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
        **told,
    )
