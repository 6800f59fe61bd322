"""Cast, change, withdraw, void, release: the vote, the tally and the audit after each."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.models import RateLimit, Reader
from tests.factories import make_tool
from tests.votes.ballots import HOME, HOME_NETWORKS, tally_of
from tests.waiting import start_until_it_waits
from tools.models import Tool
from votes.actions import cast_vote, release_votes, void_votes
from votes.actions import withdraw_vote as withdraw_from
from votes.box import BoxTally, BoxTool
from votes.models import Intervention, Reason, Tally, Vote, VoteDay

pytestmark = pytest.mark.django_db


@pytest.fixture
def tool():
    return make_tool()


@pytest.fixture
def reader():
    return Reader.objects.create(network=HOME)


@pytest.fixture
def newcomer():
    """One whose votes are held."""
    return make_newcomer(Reader.objects.create(network=HOME))


@pytest.fixture
def staff(django_user_model):
    return django_user_model.objects.create_user("staff")


@pytest.fixture
def price():
    """{side: Reason}"""
    return {side: Reason.objects.get(side=side, slug="price") for side in ["ship", "skip"]}


def make_newcomer(reader, hours=1):
    """As a reader is marked who was one too many of their network; negative hours: no longer."""
    reader.newcomer_until = timezone.now() + timedelta(hours=hours)
    reader.save()
    return reader


def cast(reader, tool, choice="ship", **fields):
    vote, *_ = cast_vote(
        reader_id=reader.pk, slug=tool.slug, choice=choice, networks=HOME_NETWORKS, **fields
    )
    return vote


def withdraw_vote(*, reader, tool):
    return withdraw_from(reader_id=reader.pk, slug=tool.slug, networks=HOME_NETWORKS)[0]


def audit():
    rows = VoteDay.objects.order_by("event", "rule").values_list("event", "rule")
    rows = rows.annotate(count=Sum("count"))
    return [(f"{event} {rule}".strip(), count) for event, rule, count in rows]


def stored():
    return Vote.objects.values_list("choice", "state", "rule").get()


def test_the_first_vote_counts(reader, tool):
    vote = cast(reader, tool)

    assert vote == Vote.objects.get()
    assert (vote.reader, vote.tool, bytes(vote.network)) == (reader, tool, HOME)
    assert stored() == ("ship", "counted", "")
    assert tally_of(tool) == (1, 0, 0)
    assert audit() == [("cast", 1)]


def rules_used():
    """What the rules counted; the limits of requests count each request."""
    rows = RateLimit.objects.exclude(name__startswith="votes:").order_by("name")
    return list(rows.values_list())


def test_the_second_vote_by_the_same_reader_counts_once_and_uses_no_allowance(reader, tool):
    first = cast(reader, tool)
    used = rules_used()

    assert cast(reader, tool) == first

    assert tally_of(tool) == (1, 0, 0)
    assert audit() == [("cast", 1)]
    assert rules_used() == used
    assert Vote.objects.get().changed_at == first.changed_at


def test_a_changed_vote_moves_from_side_to_side(reader, tool, price):
    cast(reader, tool, "ship", reason=price["ship"])

    cast(reader, tool, "skip")

    assert stored() == ("skip", "counted", "")
    assert Vote.objects.get().reason is None
    assert tally_of(tool) == (0, 1, 0)
    assert audit() == [("cast", 1), ("changed", 1), ("reason_removed", 1)]


def test_a_vote_is_cast_with_a_reason_of_its_side(reader, tool, price):
    assert cast(reader, tool, "skip", reason=price["skip"]).reason == price["skip"]

    assert Vote.objects.get().reason == price["skip"]


def test_a_reason_is_given_later_and_taken_back_as_the_audit_says(reader, tool, price):
    cast(reader, tool)

    cast(reader, tool, reason=price["ship"])
    assert Vote.objects.get().reason == price["ship"]
    cast(reader, tool)
    assert Vote.objects.get().reason is None

    assert audit() == [("cast", 1), ("reason_added", 1), ("reason_removed", 1)]


def test_a_withdrawn_vote_does_not_count_and_keeps_its_row(reader, tool, price):
    cast(reader, tool, reason=price["ship"])

    withdraw_vote(reader=reader, tool=tool)

    assert stored() == ("ship", "withdrawn", "")
    assert Vote.objects.get().reason is None
    assert tally_of(tool) == (0, 0, 0)
    assert audit() == [("cast", 1), ("withdrawn", 1)]


def test_withdrawing_twice_withdraws_once(reader, tool):
    cast(reader, tool)
    withdraw_vote(reader=reader, tool=tool)
    withdrawn_at = Vote.objects.get().changed_at

    withdraw_vote(reader=reader, tool=tool)

    assert audit() == [("cast", 1), ("withdrawn", 1)]
    assert Vote.objects.get().changed_at == withdrawn_at


def test_a_withdrawal_returns_the_vote_as_it_was(reader, tool, price):
    cast(reader, tool, "skip", reason=price["skip"])

    first, again = (withdraw_vote(reader=reader, tool=tool) for _ in range(2))

    assert (first.choice, first.state, first.reason) == ("skip", "counted", price["skip"])
    assert (again.choice, again.state, again.reason) == ("skip", "withdrawn", None)


def test_the_tally_that_comes_with_a_vote_is_the_stored_one(reader, newcomer, tool):
    at = {"slug": tool.slug, "networks": HOME_NETWORKS}
    for voter, choice in [(reader, "ship"), (newcomer, "skip"), (reader, "skip")]:
        voted = cast_vote(reader_id=voter.pk, choice=choice, **at)
        assert voted.tool == BoxTool.of(Tool.objects.select_related("tally", "panel").get())

    withdrawn = withdraw_from(reader_id=reader.pk, **at)
    assert withdrawn.tool.tally == BoxTally(ships=0, skips=0, held=1)


@pytest.mark.parametrize("cookie", [None, UUID(int=7)], ids=["none", "of a deleted reader"])
def test_a_vote_without_a_reader_makes_one(tool, cookie):
    vote, *_ = cast_vote(reader_id=cookie, slug=tool.slug, choice="ship", networks=HOME_NETWORKS)

    made = Reader.objects.get()
    assert (vote.reader_id, bytes(made.network)) == (made.pk, HOME)
    assert made.pk not in {None, cookie}


def test_withdrawing_without_a_vote_changes_nothing(reader, tool):
    withdraw_vote(reader=reader, tool=tool)

    assert audit() == []


def test_nobody_withdraws_the_vote_of_another_or_on_another_tool(reader, newcomer, tool):
    cast(reader, tool)

    withdraw_vote(reader=newcomer, tool=tool)
    withdraw_vote(reader=reader, tool=make_tool())

    assert stored() == ("ship", "counted", "")


def test_casting_again_undoes_a_withdrawal(reader, tool):
    cast(reader, tool)
    withdraw_vote(reader=reader, tool=tool)

    cast(reader, tool)

    assert stored() == ("ship", "counted", "")
    assert tally_of(tool) == (1, 0, 0)
    assert audit() == [("cast", 2), ("withdrawn", 1)]


def test_a_held_vote_does_not_count(newcomer, tool):
    cast(newcomer, tool)

    assert stored() == ("ship", "held", "newcomers")
    assert tally_of(tool) == (0, 0, 1)
    assert audit() == [("cast", 1), ("held newcomers", 1)]


@pytest.mark.parametrize("choice", ["ship", "skip"])
def test_a_held_vote_is_not_washed_clean_by_taking_it_back(newcomer, tool, choice):
    cast(newcomer, tool)
    withdraw_vote(reader=newcomer, tool=tool)
    assert tally_of(tool) == (0, 0, 0)
    make_newcomer(newcomer, hours=-1)  # no rule would hold it now

    cast(newcomer, tool, choice)

    assert stored() == (choice, "held", "newcomers")
    assert tally_of(tool) == (0, 0, 1)
    assert audit() == [("cast", 2), ("held newcomers", 2), ("withdrawn newcomers", 1)]


def test_a_held_vote_that_changes_stays_held(newcomer, tool):
    cast(newcomer, tool, "ship")
    make_newcomer(newcomer, hours=-1)

    cast(newcomer, tool, "skip")

    assert stored() == ("skip", "held", "newcomers")
    assert audit() == [("cast", 1), ("changed", 1), ("held newcomers", 1)]


def test_a_counted_vote_that_changes_is_judged_again(reader, tool):
    cast(reader, tool)
    make_newcomer(reader)

    cast(reader, tool, "skip")

    assert stored() == ("skip", "held", "newcomers")
    assert tally_of(tool) == (0, 0, 1)
    assert audit() == [("cast", 1), ("changed", 1), ("held newcomers", 1)]


def test_staff_void_a_vote_and_the_audit_names_them(reader, staff, tool):
    cast(reader, tool)

    done = void_votes(staff=staff, tool=tool, votes=Vote.objects.all(), reason="A bought burst.")

    assert stored() == ("ship", "voided", "staff")
    assert tally_of(tool) == (0, 0, 0)
    assert audit() == [("cast", 1), ("voided staff", 1)]
    assert done == Intervention.objects.get()
    assert (done.staff, done.act, done.reason, done.votes) == (
        staff,
        "voided",
        "A bought burst.",
        1,
    )
    assert (done.ships_before, done.skips_before) == (1, 0)
    assert (done.ships_after, done.skips_after) == (0, 0)


@pytest.mark.parametrize("withdraw_first", [False, True])
@pytest.mark.parametrize("choice", ["ship", "skip"])
def test_a_voided_vote_stays_voided_whatever_its_reader_does(
    reader, staff, tool, choice, withdraw_first
):
    cast(reader, tool)
    void_votes(staff=staff, tool=tool, votes=Vote.objects.all(), reason="A bought burst.")

    if withdraw_first:
        withdraw_vote(reader=reader, tool=tool)
    cast(reader, tool, choice)

    assert stored() == (choice, "voided", "staff")
    assert tally_of(tool) == (0, 0, 0)


@pytest.mark.parametrize("was", ["held", "voided"])
def test_a_released_vote_counts(newcomer, staff, tool, was):
    cast(newcomer, tool)
    if was == "voided":
        void_votes(staff=staff, tool=tool, votes=Vote.objects.all(), reason="A mistake.")

    done = release_votes(staff=staff, tool=tool, votes=Vote.objects.all(), reason="A class.")

    assert stored() == ("ship", "counted", "")
    assert tally_of(tool) == (1, 0, 0)
    assert (done.act, done.votes, done.ships_before, done.ships_after) == ("released", 1, 0, 1)
    assert audit()[-1 if was == "held" else -2] == (
        "released " + ("newcomers" if was == "held" else "staff"),
        1,
    )


def test_staff_change_nothing_that_is_withdrawn_or_of_another_tool(reader, staff, tool):
    other = make_tool()
    cast(reader, other)
    cast(reader, tool)
    withdraw_vote(reader=reader, tool=tool)

    done = void_votes(staff=staff, tool=tool, votes=Vote.objects.all(), reason="A drill.")

    assert done.votes == 0
    assert set(Vote.objects.values_list("tool", "state")) == {
        (other.pk, "counted"),
        (tool.pk, "withdrawn"),
    }


def test_voiding_twice_voids_once(reader, staff, tool):
    cast(reader, tool)
    void_votes(staff=staff, tool=tool, votes=Vote.objects.all(), reason="A drill.")

    again = void_votes(staff=staff, tool=tool, votes=Vote.objects.all(), reason="A drill.")

    assert again.votes == 0
    assert audit() == [("cast", 1), ("voided staff", 1)]


@pytest.mark.django_db(transaction=True)
def test_voiding_beside_an_import_of_the_tool_is_no_deadlock(tool, reader, staff):
    """Both lock the tool before its tally."""
    cast_vote(reader_id=reader.pk, slug=tool.slug, choice="ship", networks=HOME_NETWORKS)

    with transaction.atomic():
        Tool.objects.select_for_update().get(pk=tool.pk)
        voided = start_until_it_waits(
            lambda: void_votes(staff=staff, tool=tool, votes=Vote.objects.all(), reason="A drill.")
        )
        Tally.objects.select_for_update(nowait=True).get(tool=tool)

    assert voided.result().ships_after == 0
