"""What /voting/ says that votes cost is what an attacker gets from the rules."""

from itertools import count

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.factories import make_tool
from tests.votes.attack import attack_for_an_hour, counted_votes, ipv4_networks, ipv6_networks
from tests.votes.ballots import tally_of
from votes.actions import cast_vote, withdraw_vote
from votes.models import Vote
from votes.price import Attacker, attackers, networks_to_hold_an_hour
from votes.tally import differences

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_figures(settings):
    settings.VOTE_NETWORK_CAP = 2
    settings.VOTE_BURST_FLOOR = 3
    settings.WIDE_NETWORK_FACTOR = 3
    settings.VOTE_BURST_FACTOR = 1


@pytest.mark.parametrize("networks", [1, 5, 40])
def test_an_attacker_gets_the_votes_per_day_that_the_page_names(networks):
    attacker = Attacker("", networks)

    assert counted_votes(make_tool(), ipv4_networks(networks)) == attacker.votes_per_day


def test_the_first_row_holds_for_every_48_and_the_second_for_a_32():
    one, provider = attackers()[:2]

    assert counted_votes(make_tool(), ipv6_networks(1)) == one.votes_per_day == 2
    assert counted_votes(make_tool(), ipv6_networks(20)) == provider.votes_per_day == 6


def test_days_add_up_as_the_page_says():
    attacker = Attacker("", 1)

    assert counted_votes(make_tool(), ipv4_networks(1), days=5) == 10
    assert attacker.days == [5, 50, 500]


def test_who_hurries_gets_nothing():
    assert counted_votes(make_tool(), ipv4_networks(40), per_hour=4) == 0


@pytest.mark.parametrize("networks, held", [(1, False), (2, True)])
def test_an_hour_is_held_from_as_many_networks_as_the_page_names(networks, held):
    assert networks_to_hold_an_hour() == 2
    tool = make_tool()
    cast_vote(reader_id=None, slug=tool.slug, choice="skip", networks=ipv4_networks(9)[8])

    attack_for_an_hour(tool, ipv4_networks(networks), per_hour=4)

    assert (Vote.objects.get(choice="skip").state == "held") is held


def test_without_a_cap_no_vote_counts(settings):
    settings.VOTE_NETWORK_CAP = 0

    assert (Attacker("", 9).votes_per_day, Attacker("", 9).days) == (0, [None, None, None])
    assert networks_to_hold_an_hour() is None


NUMBERS = count(1)
# (is it the attacker, network, reader, ship, skip or withdraw)
STEPS = st.lists(
    st.tuples(
        st.booleans(), st.integers(0, 3), st.integers(0, 5), st.sampled_from(["ship", "skip", ""])
    ),
    max_size=25,
)


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_whatever_is_interleaved_an_attackers_votes_of_an_hour_are_within_the_bounds(
    steps, settings
):
    settings.VOTE_PACE = settings.VOTE_LIMIT_READER = (10**6, 10**6)
    settings.VOTE_BURST_FLOOR = 5
    tool, readers, used = make_tool(slug=f"interleaved-{next(NUMBERS)}"), {}, set()

    for is_attacker, network, reader, choice in steps:
        who = (is_attacker, reader)
        # Honest readers come from networks of their own.
        networks = ipv4_networks(20)[network if is_attacker else 10 + reader]
        if choice:
            vote, *_ = cast_vote(
                reader_id=readers.get(who), slug=tool.slug, choice=choice, networks=networks
            )
            readers[who] = vote.reader_id
        else:
            withdraw_vote(reader_id=readers.get(who), slug=tool.slug, networks=networks)
        used |= {network} if is_attacker else set()

    counted = Vote.objects.filter(tool=tool, state="counted")
    mine = [readers[who] for who in readers if who[0]]
    assert counted.filter(reader__in=mine).count() <= min(2 * len(used), 5)
    assert counted.count() <= 5
    ships, skips, held = tally_of(tool)
    assert ships + skips == counted.count()
    assert held == Vote.objects.filter(tool=tool, state="held").count()
    assert list(differences()) == []
