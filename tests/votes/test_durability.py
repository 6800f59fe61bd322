"""A vote is on disk when it is answered, though its transaction did not wait for that."""

import pytest
from django.db import connection, transaction

from tests.browsers import OwnOriginClient
from tests.factories import make_tool
from tests.votes.ballots import HOME_NETWORKS
from votes.actions import cast_vote, withdraw_vote
from votes.models import Vote
from web.write_ahead_log import wait_for_disk


def cast(**fields):
    return cast_vote(reader_id=None, choice="ship", networks=HOME_NETWORKS, **fields)


def ask(query, *values):
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchone()[0]


@pytest.fixture
def durable():
    """A connection that waits for the disk, whatever the suite's server is set to."""
    ask("SELECT set_config('synchronous_commit', 'on', false)")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET synchronous_commit")


@pytest.mark.django_db(transaction=True)
def test_a_vote_and_a_withdrawal_are_on_disk_when_they_return(durable):
    tool = make_tool()

    vote, _, cast_at = cast(slug=tool.slug)
    assert ask("SELECT pg_current_wal_flush_lsn() >= %s::pg_lsn", cast_at)

    *_, withdrawn_at = withdraw_vote(
        reader_id=vote.reader_id, slug=tool.slug, networks=HOME_NETWORKS
    )
    assert ask("SELECT pg_current_wal_flush_lsn() >= %s::pg_lsn", withdrawn_at)
    assert ask("SELECT %s::pg_lsn < %s::pg_lsn", cast_at, withdrawn_at)
    assert ask("SHOW synchronous_commit") == "on"


@pytest.mark.django_db
def test_within_a_transaction_a_vote_leaves_waiting_to_it(durable):
    with transaction.atomic():
        *_, position = cast(slug=make_tool().slug)

        assert position is None
        assert ask("SHOW synchronous_commit") == "on"


@pytest.mark.django_db(transaction=True)
def test_a_readers_next_page_is_not_from_before_the_vote_was_committed():
    tool = make_tool(slug="ada")
    before = wait_for_disk()
    response = OwnOriginClient().post(
        f"/tools/{tool.slug}/vote/",
        "choice=ship",
        content_type="application/x-www-form-urlencoded",
    )
    after = wait_for_disk()

    position = response.cookies["last_write"].value
    assert Vote.objects.count() == 1
    assert ask("SELECT %s::pg_lsn < %s::pg_lsn", before, position)
    assert ask("SELECT %s::pg_lsn < %s::pg_lsn", position, after)
