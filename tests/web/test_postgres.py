"""A connection of the pool that has just answered is handed out without a round trip."""

import pytest
from django.db import connection
from psycopg import OperationalError
from psycopg_pool import ConnectionPool

from web import postgres
from web.postgres import LimitedConnection, check_pooled, give_up_after, time_left

pytestmark = pytest.mark.django_db


def session(pool):
    with pool.connection() as opened:
        return opened.execute("SELECT pg_backend_pid()").fetchone()[0]


@pytest.fixture
def pool():
    parameters = connection.get_connection_params() | {"autocommit": True}
    with ConnectionPool(
        kwargs=parameters,
        connection_class=LimitedConnection,
        min_size=1,
        max_size=1,
        check=check_pooled,
    ) as pool:
        session(pool)  # a new connection has not answered yet
        yield pool


@pytest.fixture
def checks(monkeypatch):
    """The checks by which the server was asked."""
    done = []
    check = ConnectionPool.check_connection

    def counted(connection):
        done.append(connection)
        check(connection)

    monkeypatch.setattr(ConnectionPool, "check_connection", staticmethod(counted))
    return done


def test_a_connection_that_has_just_answered_is_not_asked_again(pool, checks):
    assert session(pool) == session(pool)
    assert checks == []


def test_one_that_was_idle_is_asked(pool, checks, monkeypatch):
    first = session(pool)
    monkeypatch.setattr(postgres, "CHECK_AFTER", 0)

    assert session(pool) == first
    assert len(checks) == 1


def test_one_that_the_server_has_ended_meanwhile_is_replaced(pool):
    ended = session(pool)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [ended])

    assert session(pool) != ended


def test_all_waits_of_a_request_together_have_one_limit(pool, monkeypatch):
    now = postgres.monotonic()
    monkeypatch.setattr(postgres, "monotonic", lambda: now)
    with give_up_after(60), pool.connection() as opened:
        opened.execute("SELECT 1")
        now += 59.9
        with pytest.raises(OperationalError, match=r"did not answer within 0\.1 seconds"):
            opened.execute("SELECT pg_sleep(5)")
        assert opened.closed


def test_who_has_given_up_waits_for_nothing(pool):
    with give_up_after(0), pool.connection() as opened:
        assert time_left() == 0
        with pytest.raises(OperationalError, match="within 0 seconds"):
            opened.execute("SELECT pg_sleep(5)")


def test_the_limit_ends_with_the_request(pool):
    with give_up_after(0):
        pass

    assert time_left() is None
    assert session(pool)


# Larger than a quarter of the shared buffers, from where on Postgres would synchronise scans; one row per page.
LARGE_TABLE = """
CREATE UNLOGGED TABLE large (id integer, filling text STORAGE PLAIN);
INSERT INTO large SELECT id, repeat('x', 5000) FROM generate_series(
    1, (SELECT setting::integer / 4 + 100 FROM pg_settings WHERE name = 'shared_buffers')
) AS id;
"""


def test_a_list_begins_where_a_large_table_begins():
    with connection.cursor() as cursor:
        cursor.execute(LARGE_TABLE)
        cursor.execute("SELECT id FROM large LIMIT 1000")

        cursor.execute("SELECT id FROM large LIMIT 1")

        assert cursor.fetchone() == (1,)
