"""Every rule of votes that the database itself keeps, broken once each."""

import pytest
from django.db import IntegrityError
from django.utils import timezone

from accounts.models import Reader
from tests.factories import make_tool
from tests.votes.ballots import HOME, make_vote, tally_of
from tools.models import Tool
from votes.actions import void_votes
from votes.models import Intervention, Reason, Tally, Vote, VoteDay

pytestmark = pytest.mark.django_db


def refused_by(constraint):
    return pytest.raises(IntegrityError, match=constraint)


def reason(side):
    return Reason.objects.get(side=side, slug="price")


def test_one_vote_per_reader_and_tool():
    vote = make_vote(make_tool())

    with refused_by("one_vote_per_reader_and_tool"):
        Vote.objects.create(reader=vote.reader, tool=vote.tool, choice="skip", network=HOME)


@pytest.mark.parametrize("choice", ["", "hold", "SHIP"])
def test_a_vote_is_ship_or_skip(choice):
    with refused_by("vote_is_ship_or_skip"):
        make_vote(make_tool(), choice)


@pytest.mark.parametrize("state", ["held", "voided", "other"])
def test_a_vote_that_does_not_count_names_its_rule(state):
    with refused_by("vote_that_does_not_count_names_its_rule"):
        make_vote(make_tool(), state=state)


def test_a_counted_vote_has_no_rule():
    with refused_by("counted_vote_has_no_rule"):
        make_vote(make_tool(), rule="pace", state="counted")


@pytest.mark.parametrize("side, other", [("ship", "skip"), ("skip", "ship")])
def test_a_reason_is_of_the_votes_side(side, other):
    with refused_by("vote_reason_is_of_its_side"):
        make_vote(make_tool(), side, reason=reason(other))


def test_a_vote_cannot_change_its_side_and_keep_its_reason():
    make_vote(make_tool(), "ship", reason=reason("ship"))

    with refused_by("vote_reason_is_of_its_side"):
        Vote.objects.update(choice="skip")


def test_a_reason_that_votes_name_cannot_change_its_side():
    make_vote(make_tool(), "ship", reason=reason("ship"))

    with refused_by("vote_reason_is_of_its_side"):
        Reason.objects.filter(pk=reason("ship").pk).update(side="skip", slug="other")


def test_one_reason_per_side_and_slug():
    with refused_by("one_reason_per_side_and_slug"):
        Reason.objects.create(side="ship", slug="price", label="Again")


@pytest.mark.parametrize("count", ["ships", "skips", "held"])
def test_a_tally_is_never_negative(count):
    tool = make_tool()

    with refused_by("tally_is_not_negative"):
        Tally.objects.filter(tool=tool).update(**{count: -1})


def test_one_audit_row_per_tool_day_event_and_rule():
    make_vote(make_tool())
    row = VoteDay.objects.get()
    row.pk = None

    with refused_by("one_count_per_day_and_event"):
        row.save()


def test_every_tool_has_a_tally_from_the_start():
    assert tally_of(make_tool(published=False)) == (0, 0, 0)


def test_tools_that_are_made_at_once_have_a_tally_each():
    category = make_tool().category
    tools = Tool.objects.bulk_create(
        Tool(name=name, slug=name, category=category) for name in ["one", "two"]
    )

    assert [tally_of(tool) for tool in tools] == [(0, 0, 0), (0, 0, 0)]


@pytest.mark.parametrize("write", ["update", "delete"])
def test_an_intervention_never_changes(write, django_user_model):
    staff, tool = django_user_model.objects.create_user("staff"), make_tool()
    void_votes(staff=staff, tool=tool, votes=Vote.objects.all(), reason="A drill.")
    rows = Intervention.objects.all()

    with refused_by("cannot be changed or deleted"):
        rows.update(reason="Another.") if write == "update" else rows.delete()


def test_the_tally_follows_every_write_of_votes_in_bulk():
    ada, bob = make_tool(), make_tool()
    readers = [Reader.objects.create(network=HOME) for _ in range(6)]
    Vote.objects.bulk_create(
        Vote(reader=reader, tool=tool, choice="ship", network=HOME)
        for tool in [ada, bob]
        for reader in readers
    )
    assert [tally_of(ada), tally_of(bob)] == [(6, 0, 0), (6, 0, 0)]

    Vote.objects.filter(reader__in=readers[:2]).update(choice="skip")
    Vote.objects.filter(tool=bob, reader__in=readers[1:3]).update(state="held", rule="pace")
    assert [tally_of(ada), tally_of(bob)] == [(4, 2, 0), (3, 1, 2)]

    Vote.objects.filter(reader=readers[0]).delete()
    assert [tally_of(ada), tally_of(bob)] == [(4, 1, 0), (3, 0, 2)]


def test_each_statement_on_a_tools_votes_grows_the_version_of_its_tally():
    """Also where no count changes: the vote log and the chart of a tool may. Who cast a vote is on no page."""
    vote, other = make_vote(make_tool()), make_vote(make_tool())
    versions = []
    for change in [{"reason": reason("ship")}, {"reason": None}, {"changed_at": timezone.now()}]:
        Vote.objects.filter(pk=vote.pk).update(**change)
        versions.append(Tally.objects.get(tool=vote.tool).version)

    Vote.objects.filter(pk=vote.pk).update(reader=None)

    assert [*versions, Tally.objects.get(tool=vote.tool).version] == [2, 3, 4, 4]
    assert Tally.objects.get(tool=other.tool).version == 1


def test_a_forgotten_readers_votes_stay_counted():
    vote = make_vote(make_tool())

    vote.reader.delete()

    assert Vote.objects.get().reader is None
    assert tally_of(vote.tool) == (1, 0, 0)
    assert VoteDay.objects.values_list("event", "count").get() == ("cast", 1)
