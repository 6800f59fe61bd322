"""Each public rule holds from exactly its bound on, and by its name."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Reader
from tests.factories import make_tool
from tests.votes.ballots import HOME, tally_of
from votes.actions import cast_vote
from votes.models import Vote, VoteDay
from votes.rules import burst_bound, exceeded_limits, holding_rule

pytestmark = pytest.mark.django_db


def make_reader(nth_in_hour=1):
    return Reader.objects.create(network=HOME, nth_in_hour=nth_in_hour)


def network(n):
    return n.to_bytes(16)


def rule_for(tool, *, reader=None, network=HOME):
    return holding_rule(reader=reader or make_reader(), tool=tool, network=network)


def test_the_20th_new_reader_of_a_network_in_an_hour_counts_and_the_21st_does_not():
    tool = make_tool()

    assert rule_for(tool, reader=make_reader(20)) == ""
    assert rule_for(tool, reader=make_reader(21)) == "newcomers"


def test_a_reader_votes_six_times_at_once_and_the_seventh_is_too_fast():
    reader = make_reader()

    rules = [rule_for(make_tool(), reader=reader) for _ in range(7)]

    assert rules == [""] * 6 + ["pace"]


def test_ten_votes_of_one_network_on_one_tool_count_and_the_eleventh_does_not():
    tool, other = make_tool(), make_tool()

    assert [rule_for(tool) for _ in range(11)] == [""] * 10 + ["network-cap"]
    assert rule_for(other) == ""
    assert rule_for(tool, network=network(7)) == ""


def test_a_burst_begins_above_the_floor(settings):
    settings.VOTE_BURST_FLOOR = 4
    tool = make_tool()

    rules = [rule_for(tool, network=network(n)) for n in range(6)]

    assert rules == [""] * 4 + ["burst"] * 2
    assert rule_for(make_tool(), network=network(9)) == ""


def test_a_burst_is_measured_by_the_tools_own_history(settings):
    settings.VOTE_BURST_FLOOR = 2
    tool = make_tool()
    yesterday = timezone.now().date() - timedelta(days=1)
    VoteDay.objects.create(tool=tool, day=yesterday, event="cast", count=180)

    assert burst_bound(tool) == 5.0  # 20 × 180 votes in 720 hours

    rules = [rule_for(tool, network=network(n)) for n in range(7)]
    assert rules == [""] * 5 + ["burst"] * 2


@pytest.mark.parametrize("days_ago, event", [(31, "cast"), (0, "cast"), (1, "withdrawn")])
def test_the_history_is_what_was_cast_on_the_30_days_before(days_ago, event):
    tool = make_tool()
    day = timezone.now().date() - timedelta(days=days_ago)
    VoteDay.objects.create(tool=tool, day=day, event=event, count=720)

    assert burst_bound(tool) == 0


def test_one_network_cannot_have_the_votes_of_the_others_held(settings):
    settings.VOTE_BURST_FLOOR = 11
    tool = make_tool()
    for _ in range(40):
        rule_for(tool)

    assert rule_for(tool, network=network(7)) == ""


@pytest.mark.parametrize("networks", [1, 3])
def test_k_networks_move_a_tool_by_at_most_the_cap_times_k(settings, networks):
    settings.VOTE_NETWORK_CAP = 4
    tool = make_tool()

    for n in range(networks * 9):
        cast_vote(reader=make_reader(), tool=tool, choice="ship", network=network(1 + n % networks))

    assert tally_of(tool) == (4 * networks, 0, 5 * networks)
    assert set(Vote.objects.held().values_list("rule", flat=True)) == {"network-cap"}


def test_changing_to_and_fro_moves_no_more_than_the_cap(settings):
    settings.VOTE_NETWORK_CAP = 4
    reader, tool = make_reader(), make_tool()

    for n in range(6):
        cast_vote(reader=reader, tool=tool, choice=["ship", "skip"][n % 2], network=network(1))

    assert Vote.objects.values_list("state", "rule").get() == ("held", "network-cap")


def test_a_held_newcomer_uses_up_nothing_of_the_others():
    tool = make_tool()
    for _ in range(30):
        rule_for(tool, reader=make_reader(21))

    assert rule_for(tool) == ""


def test_the_limits_of_a_reader_and_of_a_network_are_refusals(settings):
    settings.VOTE_LIMIT_READER = (2, 120)
    settings.VOTE_LIMIT_NETWORK = (5, 1200)
    ada, bob, carl = make_reader(), make_reader(), make_reader()

    def refused_to(reader):
        return [bucket.name.split(":")[1] for bucket in exceeded_limits(reader, HOME)]

    assert [refused_to(ada) for _ in range(3)] == [[], [], ["reader"]]
    assert [refused_to(bob) for _ in range(2)] == [[], []]
    assert refused_to(carl) == ["network"]


def test_first_votes_from_many_networks_do_not_limit_each_other(settings):
    settings.VOTE_LIMIT_READER = (1, 1)

    assert [exceeded_limits(None, network(n)) for n in range(5)] == [[]] * 5
