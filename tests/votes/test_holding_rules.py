"""Each public rule holds from exactly its bound on, and by its name."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from accounts.models import Reader
from accounts.networks import Network
from accounts.rate_limits import TooManyRequests
from tests.clock import Clock
from tests.factories import make_tool
from tests.votes.ballots import HOME, HOME_NETWORKS, make_vote, tally_of
from votes.actions import cast_vote, withdraw_vote
from votes.models import Vote, VoteDay

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Stands still: limits are those of some seconds, which pass on a slow machine."""
    return Clock(monkeypatch, timezone.now())


def make_reader(**fields):
    """A reader who voted before, so that no vote of theirs is a newcomer's."""
    reader = Reader.objects.create(network=HOME, **fields)
    Vote.objects.create(reader=reader, tool=make_tool(), choice="ship", network=HOME)
    return reader


def network(n):
    """The IPv4 network with that number."""
    return [Network(n.to_bytes(16))]


def ipv6(customer, provider):
    return [Network(customer.to_bytes(16)), Network(provider.to_bytes(16), share=10)]


def vote(tool, *, reader=None, networks=HOME_NETWORKS, choice="ship"):
    reader = reader or make_reader()
    return cast_vote(reader_id=reader.pk, slug=tool.slug, choice=choice, networks=networks)[0]


def withdraw(tool, reader):
    withdraw_vote(reader_id=reader.pk, slug=tool.slug, networks=HOME_NETWORKS)


def rule_for(tool, **fields):
    return vote(tool, **fields).rule


def first_vote(tool, networks=HOME_NETWORKS):
    return cast_vote(reader_id=None, slug=tool.slug, choice="ship", networks=networks)[0]


def test_the_first_votes_of_20_readers_of_a_network_in_an_hour_count_and_the_21st_does_not(
    settings,
):
    settings.VOTE_NETWORK_CAP = 99
    tool = make_tool()

    rules = [first_vote(tool).rule for _ in range(21)]

    assert rules == [""] * 20 + ["newcomers"]
    assert first_vote(tool, network(7)).rule == ""


def test_bookmarks_make_nobody_a_newcomer(settings):
    settings.VOTE_NEW_READERS_PER_HOUR = 1
    tool = make_tool()
    Reader.objects.bulk_create(Reader(network=HOME) for _ in range(30))

    assert rule_for(tool, reader=Reader.objects.first()) == ""
    assert rule_for(tool, reader=Reader.objects.last()) == "newcomers"


def test_a_newcomer_beyond_the_limit_is_held_on_every_tool_for_an_hour_and_not_for_good(settings):
    settings.VOTE_NEW_READERS_PER_HOUR = 0
    reader = Reader.objects.get(pk=first_vote(make_tool()).reader_id)

    assert rule_for(make_tool(), reader=reader) == "newcomers"
    Reader.objects.update(newcomer_until=timezone.now() - timedelta(hours=1))
    assert rule_for(make_tool(), reader=reader) == ""


def test_a_reader_who_voted_before_is_no_newcomer(settings):
    settings.VOTE_NEW_READERS_PER_HOUR = 0

    assert rule_for(make_tool()) == ""


def test_the_newcomers_of_a_provider_have_ten_times_the_limit_of_a_customer(settings):
    settings.VOTE_NEW_READERS_PER_HOUR, settings.VOTE_NETWORK_CAP = 1, 99
    tool = make_tool()

    rules = [first_vote(tool, ipv6(customer, provider=99)).rule for customer in range(11)]

    assert rules == [""] * 10 + ["newcomers"]


def test_a_reader_votes_six_times_at_once_and_the_seventh_is_too_fast():
    reader = make_reader()

    rules = [rule_for(make_tool(), reader=reader) for _ in range(7)]

    assert rules == [""] * 6 + ["pace"]


def test_ten_votes_of_one_network_on_one_tool_count_and_the_eleventh_does_not():
    tool, other = make_tool(), make_tool()

    assert [rule_for(tool) for _ in range(11)] == [""] * 10 + ["network-cap"]
    assert rule_for(other) == ""
    assert rule_for(tool, networks=network(7)) == ""


def test_the_customers_of_a_provider_have_ten_caps_between_them(settings):
    settings.VOTE_NETWORK_CAP = 2
    tool = make_tool()

    rules = [rule_for(tool, networks=ipv6(n % 30, provider=99)) for n in range(23)]

    assert rules == [""] * 20 + ["network-cap"] * 3
    assert rule_for(tool, networks=ipv6(1, provider=98)) == ""


def test_withdrawals_count_toward_the_cap(settings):
    settings.VOTE_NETWORK_CAP = 4
    reader, tool = make_reader(), make_tool()

    for _ in range(3):
        vote(tool, reader=reader)
        withdraw_vote(reader_id=reader.pk, slug=tool.slug, networks=HOME_NETWORKS)

    assert rule_for(tool, reader=reader) == "network-cap"
    assert VoteDay.objects.get(tool=tool, event="held").count == 2  # the third and the fourth


def test_a_withdrawal_beyond_the_cap_is_made(settings):
    settings.VOTE_NETWORK_CAP = 1
    reader, tool = make_reader(), make_tool()
    vote(tool, reader=reader)

    withdraw_vote(reader_id=reader.pk, slug=tool.slug, networks=HOME_NETWORKS)

    assert tally_of(tool) == (0, 0, 0)


def test_withdrawing_twice_counts_once_toward_the_cap(settings):
    settings.VOTE_NETWORK_CAP = 3
    reader, tool = make_reader(), make_tool()
    vote(tool, reader=reader)
    for _ in range(5):
        withdraw_vote(reader_id=reader.pk, slug=tool.slug, networks=HOME_NETWORKS)

    assert rule_for(tool) == ""


def test_a_burst_begins_above_the_floor_and_holds_its_beginning_too(settings):
    settings.VOTE_BURST_FLOOR = 4
    tool, other = make_tool(), make_tool()

    rules = [rule_for(tool, networks=network(n)) for n in range(6)]

    assert rules == [""] * 4 + ["burst"] * 2
    assert tally_of(tool) == (0, 0, 6)
    assert counts_of(tool) == {("cast", ""): 6, ("held", "burst"): 6}
    assert rule_for(other, networks=network(9)) == ""


def counts_of(tool):
    rows = VoteDay.objects.filter(tool=tool).order_by().values_list("event", "rule")
    return {(event, rule): count for event, rule, count in rows.annotate(count=Sum("count"))}


def test_a_burst_holds_no_vote_of_the_hours_before_and_none_of_another_tool(settings):
    settings.VOTE_BURST_FLOOR = 2
    tool, other = make_tool(), make_tool()
    hour_ago = timezone.now() - timedelta(hours=1)
    make_vote(tool, cast_at=hour_ago, changed_at=hour_ago)
    make_vote(other)

    for n in range(3):
        vote(tool, networks=network(n))

    assert tally_of(tool) == (1, 0, 3)
    assert tally_of(other) == (1, 0, 0)


def test_a_burst_holds_a_vote_that_was_changed_in_its_hour(settings):
    settings.VOTE_BURST_FLOOR = 2
    reader, tool = make_reader(), make_tool()
    vote(tool, reader=reader)
    vote(tool, reader=reader, choice="skip")

    vote(tool, reader=reader, choice="ship")

    assert Vote.objects.values_list("choice", "state", "rule").get(tool=tool) == (
        "ship",
        "held",
        "burst",
    )
    assert counts_of(tool) == {("cast", ""): 1, ("changed", ""): 2, ("held", "burst"): 1}


def test_what_staff_release_of_a_burst_is_not_held_again(settings):
    settings.VOTE_BURST_FLOOR = 2
    tool = make_tool()
    for n in range(3):
        vote(tool, networks=network(n))
    Vote.objects.filter(tool=tool).update(state="counted", rule="")

    assert rule_for(tool, networks=network(9)) == "burst"

    assert tally_of(tool) == (3, 0, 1)


def burst_bound(tool):
    with connection.cursor() as cursor:
        cursor.execute("SELECT votes_burst_bound(%s, 20, 30)", [tool.pk])
        return cursor.fetchone()[0]


def make_history(tool, days_ago=1, rule="", **counts):
    day = timezone.now().date() - timedelta(days=days_ago)
    for event, count in counts.items():
        VoteDay.objects.create(tool=tool, day=day, event=event, rule=rule, count=count)


def test_a_burst_is_measured_by_the_tools_own_history(settings):
    settings.VOTE_BURST_FLOOR = 2
    tool = make_tool()
    make_history(tool, cast=180)

    assert burst_bound(tool) == 5.0  # 20 × 180 votes in 720 hours

    rules = [rule_for(tool, networks=network(n)) for n in range(7)]
    assert rules == [""] * 5 + ["burst"] * 2


@pytest.mark.parametrize("days_ago, event", [(31, "cast"), (0, "cast"), (1, "changed")])
def test_the_history_is_what_was_cast_on_the_30_days_before(days_ago, event):
    tool = make_tool()
    make_history(tool, days_ago, **{event: 720})

    assert burst_bound(tool) == 0


@pytest.mark.parametrize(
    "counts, bound",
    [
        ({"cast": 72, "held": 36}, 1),
        ({"cast": 72, "voided": 36}, 1),
        ({"cast": 72, "withdrawn": 36}, 1),
        ({"cast": 72, "held": 72, "released": 36}, 1),
        ({"cast": 72, "held": 72, "voided": 72}, 0),  # not negative
    ],
    ids=str,
)
def test_votes_that_did_not_count_raise_no_bound(counts, bound):
    tool = make_tool()
    make_history(tool, **counts)

    assert burst_bound(tool) == bound


def test_a_day_of_voided_votes_takes_nothing_from_the_other_days():
    tool = make_tool()
    make_history(tool, 1, cast=36, held=36, voided=36)
    make_history(tool, 2, cast=36)

    assert burst_bound(tool) == 1


def test_one_network_cannot_have_the_votes_of_the_others_held(settings):
    settings.VOTE_BURST_FLOOR = 11
    tool = make_tool()
    for _ in range(40):
        rule_for(tool)

    assert rule_for(tool, networks=network(7)) == ""


@pytest.mark.parametrize("networks", [1, 3])
def test_k_networks_move_a_tool_by_at_most_the_cap_times_k(settings, networks):
    settings.VOTE_NETWORK_CAP = 4
    tool = make_tool()

    for n in range(networks * 9):
        vote(tool, networks=network(1 + n % networks))

    assert tally_of(tool) == (4 * networks, 0, 5 * networks)
    assert set(Vote.objects.held().values_list("rule", flat=True)) == {"network-cap"}


def test_changing_to_and_fro_moves_no_more_than_the_cap(settings):
    settings.VOTE_NETWORK_CAP = 4
    reader, tool = make_reader(), make_tool()

    for n in range(6):
        vote(tool, reader=reader, choice=["ship", "skip"][n % 2], networks=network(1))

    assert Vote.objects.values_list("state", "rule").get(tool=tool) == ("held", "network-cap")


def test_a_held_newcomer_uses_up_nothing_of_the_others(settings):
    settings.VOTE_NEW_READERS_PER_HOUR = 0
    tool = make_tool()
    for _ in range(30):
        assert first_vote(tool).rule == "newcomers"

    assert rule_for(tool) == ""


def wait_for(action, **fields):
    """The seconds to wait that the action names, 0 if it was done."""
    try:
        action(tool=make_tool(), **fields)
    except TooManyRequests as error:
        return error.retry_after
    return 0


def test_the_limits_of_a_reader_and_of_a_network_are_refusals(settings):
    settings.VOTE_LIMIT_READER = (2, 120)
    settings.VOTE_LIMIT_NETWORK = (5, 1200)
    ada, bob, carl = make_reader(), make_reader(), make_reader()

    assert [wait_for(vote, reader=ada) for _ in range(3)] == [0, 0, 30]
    assert [wait_for(vote, reader=bob) for _ in range(2)] == [0, 0]
    assert wait_for(vote, reader=carl) == 3
    assert Vote.objects.filter(reader=carl).count() == 1  # the one of before


def test_a_provider_has_ten_times_the_limit_of_a_customer(settings):
    settings.VOTE_LIMIT_NETWORK = (1, 1)

    waits = [wait_for(vote, networks=ipv6(customer, provider=99)) for customer in range(11)]

    assert waits == [0] * 10 + [360]  # 10 an hour


def test_withdrawals_have_the_limits_of_votes(settings):
    settings.VOTE_LIMIT_READER = (2, 120)
    reader = make_reader()

    assert wait_for(vote, reader=reader) == 0
    assert [wait_for(withdraw, reader=reader) for _ in range(2)] == [0, 30]


def test_first_votes_from_many_networks_do_not_limit_each_other(settings):
    settings.VOTE_LIMIT_READER = (1, 1)
    settings.VOTE_LIMIT_NETWORK = (1, 1)

    assert [wait_for(first_vote, networks=network(n)) for n in range(5)] == [0] * 5


def test_a_refused_vote_leaves_no_reader(settings):
    settings.VOTE_LIMIT_NETWORK = (1, 1)

    assert [wait_for(first_vote) for _ in range(2)] == [0, 3600]
    assert Reader.objects.count() == 1
