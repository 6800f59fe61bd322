"""Votes are counted by what became of them."""

from uuid import uuid4

import pytest

from accounts.models import Reader
from accounts.rate_limits import TooManyRequests
from tests.factories import make_tool
from tests.votes.ballots import HOME, HOME_NETWORKS
from tests.votes.test_casting import make_newcomer
from tests.web.metric_values import value_of
from votes.actions import cast_vote, withdraw_vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def counted():
    """How many more votes with an outcome there are than when the test began."""
    before = {}

    def count(outcome, rule=""):
        return value_of("votes_total", outcome=outcome, rule=rule) - before[outcome, rule]

    for outcome, rule in [
        ("cast", ""), ("changed", ""), ("withdrawn", ""), ("limited", ""), ("held", "newcomers"),
    ]:  # fmt: skip
        before[outcome, rule] = value_of("votes_total", outcome=outcome, rule=rule)
    return count


@pytest.fixture
def tool():
    return make_tool()


def cast(reader, tool, choice="ship"):
    cast_vote(reader_id=reader.pk, slug=tool.slug, choice=choice, networks=HOME_NETWORKS)


def test_a_vote_is_cast_changed_and_withdrawn(counted, tool):
    reader = Reader.objects.create(network=HOME)

    cast(reader, tool)
    assert (counted("cast"), counted("changed"), counted("withdrawn")) == (1, 0, 0)
    withdraw_vote(reader_id=reader.pk, slug=tool.slug, networks=HOME_NETWORKS)
    assert (counted("cast"), counted("changed"), counted("withdrawn")) == (1, 0, 1)


def test_to_withdraw_no_vote_counts_nothing(counted, tool):
    withdraw_vote(reader_id=uuid4(), slug=tool.slug, networks=HOME_NETWORKS)

    assert counted("withdrawn") == 0


def test_a_held_vote_is_counted_by_its_rule(counted, tool):
    cast(make_newcomer(Reader.objects.create(network=HOME)), tool)

    assert (counted("cast"), counted("held", "newcomers")) == (0, 1)


def test_a_vote_beyond_a_limit_is_counted(counted, tool, settings):
    settings.VOTE_LIMIT_READER = (1, 1)
    reader = Reader.objects.create(network=HOME)
    cast(reader, tool)

    with pytest.raises(TooManyRequests):
        cast(reader, make_tool(slug="other"))

    assert (counted("cast"), counted("limited")) == (1, 1)


def test_a_vote_that_was_cast_earlier_and_is_cast_on_the_other_side_is_changed(counted, tool):
    reader = Reader.objects.create(network=HOME)
    cast(reader, tool)
    reader.votes.update(cast_at="2026-01-01T00:00Z", changed_at="2026-01-01T00:00Z")

    cast(reader, tool, "skip")

    assert (counted("cast"), counted("changed")) == (1, 1)
