"""The public vote log adds up to the tallies, by side and reason, whatever happens to votes."""

from random import Random

import pytest

from accounts.models import Reader
from tests.admin_client import make_staff
from tests.factories import make_tool
from tests.votes.ballots import HOME, HOME_NETWORKS, make_vote, make_votes
from votes.actions import cast_vote, release_votes, void_votes, withdraw_vote
from votes.models import Reason, Vote, VoteDay
from votes.vote_log import differences

pytestmark = pytest.mark.django_db

SEED, STEPS = 3, 150


@pytest.fixture
def tool():
    return make_tool(slug="alpha")


@pytest.fixture
def reasons():
    return {reason.side: reason for reason in Reason.objects.order_by("pk")}


def logged():
    rows = VoteDay.objects.order_by("pk").values_list("event", "side", "state", "rule", "reason")
    return [(*row[:4], row[4] is not None) for row in rows]


def cast(reader, tool, choice, reason=None):
    cast_vote(
        reader_id=reader.pk, slug=tool.slug, choice=choice, reason=reason, networks=HOME_NETWORKS
    )


def hold_and_judge(random, tool, staff):
    """Hold, void or release some of the votes, as a burst and staff do."""
    some = [vote.pk for vote in Vote.objects.filter(tool=tool) if random.random() < 0.3]
    votes = Vote.objects.filter(pk__in=some)
    match random.choice(["hold", "void", "release"]):
        case "hold":
            votes.filter(state="counted").update(state="held", rule="burst")
        case "void":
            void_votes(staff=staff, tool=tool, votes=votes, reason="A test.")
        case "release":
            release_votes(staff=staff, tool=tool, votes=votes, reason="A test.")


def test_the_log_adds_up_after_a_random_history(tool, settings):
    settings.VOTE_LIMIT_READER = settings.VOTE_LIMIT_NETWORK = settings.VOTE_PACE = (10**6, 10**6)
    settings.VOTE_NETWORK_CAP = 60
    random, staff = Random(SEED), make_staff()
    readers = [Reader.objects.create(network=HOME) for _ in range(8)]
    by_side = {side: [None, *Reason.objects.filter(side=side)] for side in ("ship", "skip")}

    for _ in range(STEPS):
        reader, side = random.choice(readers), random.choice(["ship", "skip"])
        action = random.random()
        if action < 0.7:
            cast(reader, tool, side, random.choice(by_side[side]))
        elif action < 0.9:
            withdraw_vote(reader_id=reader.pk, slug=tool.slug, networks=HOME_NETWORKS)
        else:
            hold_and_judge(random, tool, staff)
        assert list(differences()) == []

    assert {row[0] for row in logged()} == set(VoteDay.Event.values)


def test_a_change_is_counted_on_its_new_side_with_the_reason_that_it_ended(tool, reasons):
    reader = Reader.objects.create(network=HOME)
    cast(reader, tool, "ship", reasons["ship"])

    cast(reader, tool, "skip")

    assert logged() == [
        ("cast", "ship", "", "", True),
        ("changed", "skip", "counted", "", False),
        ("reason_removed", "ship", "counted", "", True),
    ]


def test_the_withdrawal_of_a_held_vote_is_apart_from_that_of_a_counted_one(tool):
    make_vote(tool, "ship")
    make_vote(tool, "ship", rule="burst")

    for vote in Vote.objects.order_by("pk"):
        withdraw_vote(reader_id=vote.reader_id, slug=tool.slug, networks=HOME_NETWORKS)

    withdrawn = [row for row in logged() if row[0] == "withdrawn"]
    assert withdrawn == [
        ("withdrawn", "ship", "counted", "", False),
        ("withdrawn", "ship", "held", "burst", False),
    ]


def test_a_log_that_does_not_add_up_is_named(tool, reasons):
    make_votes(tool, ships=2, skips=1, state="counted")
    make_vote(tool, "ship", reason=reasons["ship"])

    VoteDay.objects.filter(reason=None, side="ship").update(count=5)
    VoteDay.objects.filter(reason=reasons["ship"]).update(count=3)

    assert list(differences()) == [
        "alpha: ships, skips, held add up to [8, 1, 0], not [3, 1, 0]",
        f"alpha: ship for {reasons['ship'].slug} adds up to 3, not 1",
    ]


def test_a_vote_writes_one_row_of_the_log(tool, reasons):
    make_vote(tool, "ship", reason=reasons["ship"])
    make_vote(tool, "ship", reason=reasons["ship"])

    assert VoteDay.objects.values_list("event", "count").get() == ("cast", 2)
