import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.factories import make_tool
from tests.votes.ballots import make_votes, tally_of
from tools.models import Tool
from votes import tally
from votes.interval import wilson_interval
from votes.models import Tally

pytestmark = pytest.mark.django_db


def test_recount_check_proves_the_tallies(capsys):
    make_votes(make_tool(), ships=2, skips=1)
    make_votes(make_tool(), ships=1, rule="pace")

    call_command("recount", "--check")

    assert "Tallies: all match their rows.\n" in capsys.readouterr().out


def test_recount_check_names_a_difference_exits_1_and_changes_nothing(capsys):
    tool = make_tool(slug="ada")
    make_votes(tool, ships=2)
    Tally.objects.filter(tool=tool).update(ships=3, held=1)

    with pytest.raises(SystemExit) as exit_:
        call_command("recount", "--check")

    assert exit_.value.code == 1
    said = "Tallies: ada: ships, skips, held are [3, 0, 1], not [2, 0, 0]\n"
    assert said in capsys.readouterr().out
    assert tally_of(tool) == (3, 0, 1)


def test_recount_check_names_a_missing_row():
    Tally.objects.filter(tool=make_tool(slug="ada")).delete()

    said = "ada: ships, skips, held are [None, None, None], not [0, 0, 0]"
    assert list(tally.differences()) == [said]


def test_recount_rebuilds_only_what_is_wrong(capsys):
    wrong, right, missing = make_tool(), make_tool(), make_tool()
    for tool in [wrong, right, missing]:
        make_votes(tool, ships=2, skips=1)
    Tally.objects.filter(tool=wrong).update(ships=9)
    Tally.objects.filter(tool=missing).delete()
    versions = dict(Tally.objects.values_list("tool", "version"))

    call_command("recount")

    assert "Tallies: 2 rebuilt.\n" in capsys.readouterr().out
    assert list(tally.differences()) == []
    after = dict(Tally.objects.values_list("tool", "version"))
    assert after[wrong.pk] == versions[wrong.pk] + 1
    assert after[right.pk] == versions[right.pk]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 2_000_000), st.integers(0, 2_000_000))
@example(0, 10)
@example(10, 0)
@example(5, 5)
@example(9, 0)
@example(0, 9)
@example(0, 0)
@example(5, 4)
def test_the_rank_bound_is_the_low_end_of_the_wilson_interval(ships, skips):
    tool = Tool.objects.first() or make_tool()
    Tally.objects.filter(tool=tool).update(ships=ships, skips=skips)

    bound = Tally.objects.get(tool=tool).rank_bound

    if ships + skips < 10:
        assert bound is None
    else:
        low, _ = wilson_interval(ships, ships + skips)
        assert bound == pytest.approx(low, abs=1e-12)


def test_the_interval_of_no_and_of_all_ships_ends_where_the_formula_does():
    far = 1.96**2 / (10 + 1.96**2)  # z² / (n + z²)

    assert wilson_interval(0, 10) == pytest.approx((0, far))
    assert wilson_interval(10, 10) == pytest.approx((1 - far, 1))


@pytest.mark.parametrize(
    "ships, votes, percent", [(1, 2, 50), (1, 200, 1), (1, 201, 0), (2, 3, 67), (0, 5, 0)]
)
def test_the_share_is_a_whole_percent_rounded_half_up(ships, votes, percent):
    assert Tally(ships=ships, skips=votes - ships).ship_percent == percent


def test_without_votes_there_is_no_share():
    assert Tally().ship_percent is None
