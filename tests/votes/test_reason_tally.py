"""The stored counts of reasons, against the plain count of the votes."""

from random import Random

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import Count

from accounts.actions import delete_reader
from tests.factories import make_tool
from tests.votes.ballots import make_vote
from votes import reason_tally
from votes.models import Choice, Reason, ReasonTally, Rule, Tally, Vote
from votes.queries import leading_reasons

pytestmark = pytest.mark.django_db
State = Vote.State


def stored():
    counts = ReasonTally.objects.exclude(count=0)
    return {(each.tool_id, each.reason_id): each.count for each in counts}


def plain():
    votes = Vote.objects.counted().exclude(reason=None)
    counts = votes.order_by().values_list("tool", "reason").annotate(Count("pk"))
    return {(tool, reason): count for tool, reason, count in counts}


def fields_at_random(dice, reasons):
    choice = dice.choice(Choice.values)
    state = dice.choice([State.COUNTED, State.COUNTED, State.HELD, State.VOIDED, State.WITHDRAWN])
    return {
        "choice": choice,
        "reason": dice.choice([None, *reasons[choice]]),
        "state": state,
        "rule": Rule.PACE if state in {State.HELD, State.VOIDED} else "",
    }


def change_at_random(dice, tools, reasons):
    """One statement on one vote or on many."""
    known = list(Vote.objects.order_by("pk").values_list("pk", flat=True))
    votes = Vote.objects.filter(pk__in=dice.sample(known, k=3))
    match dice.randrange(4):
        case 0:
            make_vote(dice.choice(tools), **fields_at_random(dice, reasons))
        case 1:
            votes.update(**fields_at_random(dice, reasons))
        case 2:
            votes.filter(choice="ship").update(reason=dice.choice(reasons["ship"]))
        case 3:
            votes.filter(pk=known[0]).delete()


def test_any_history_of_votes_leaves_the_plain_counts():
    dice = Random(11)
    tools = [make_tool() for _ in range(3)]
    reasons = {side: list(Reason.objects.filter(side=side)[:2]) for side in Choice.values}
    for _ in range(8):
        make_vote(dice.choice(tools), **fields_at_random(dice, reasons))

    for _ in range(120):
        if Vote.objects.count() < 4:
            make_vote(dice.choice(tools), **fields_at_random(dice, reasons))
        change_at_random(dice, tools, reasons)
        assert stored() == plain()

    assert stored() != {}
    assert list(reason_tally.differences()) == []


def test_a_deleted_reader_leaves_the_counts():
    reason = Reason.objects.filter(side="ship")[0]
    vote = make_vote(make_tool(), reason=reason)

    delete_reader(reader=vote.reader)

    assert stored() == plain() == {(vote.tool_id, reason.pk): 1}


def test_two_reasons_of_one_name_are_printed_as_one():
    tool = make_tool()
    first, second = Reason.objects.filter(side="ship")[:2]
    Reason.objects.filter(pk=second.pk).update(label=first.label)
    for reason in [first, second]:
        make_vote(tool, reason=reason)

    found = leading_reasons([tool], at_least=2)

    assert found == {tool.pk: {"ship": [(first.label, 2)], "skip": []}}


def test_a_reason_that_no_vote_has_any_more_is_not_printed():
    tool = make_tool()
    first, second = Reason.objects.filter(side="ship")[:2]
    vote = make_vote(tool, reason=first)
    Vote.objects.filter(pk=vote.pk).update(reason=second)

    found = leading_reasons([tool], at_least=1)

    assert found[tool.pk]["ship"] == [(second.label, 1)]


def test_recount_check_names_a_difference_and_recount_removes_it(capsys):
    tool = make_tool(slug="ada")
    price, quality = (Reason.objects.get(side="ship", slug=slug) for slug in ["price", "quality"])
    vote = make_vote(tool, reason=price)
    ReasonTally.objects.update(reason=quality, count=2)
    version = Tally.objects.get(tool=tool).version

    with pytest.raises(SystemExit):
        call_command("recount", "--check")
    call_command("recount")

    said = capsys.readouterr().out
    assert "Reasons of votes: ada: ship for price is 0, not 1\n" in said
    assert "Reasons of votes: ada: ship for quality is 2, not 0\n" in said
    assert "Reasons of votes: 1 rebuilt.\n" in said
    assert stored() == {(vote.tool_id, price.pk): 1}
    assert Tally.objects.get(tool=tool).version == version + 1


@pytest.mark.parametrize(
    "counts, constraint",
    [([1, 1], "one_tally_per_tool_and_reason"), ([-1], "reason_tally_is_not_negative")],
)
def test_the_database_refuses_a_second_row_and_a_negative_count(counts, constraint):
    tool, reason = make_tool(), Reason.objects.all()[0]

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        for count in counts:
            ReasonTally.objects.create(tool=tool, reason=reason, count=count)
