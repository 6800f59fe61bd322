"""The connection that validators are read over."""

import threading

import psycopg
import pytest
from django.db import connection

from tests.waiting import wait_until
from web import page_validator
from web.page_validator import Validator

PID = Validator("SELECT true, pg_backend_pid()::text")


def pid_of(version):
    return int(version.text.rsplit(":", 1)[1])


@pytest.fixture
def closed():
    page_validator.close_connections()
    yield
    page_validator.close_connections()


@pytest.mark.django_db
def test_within_a_transaction_it_is_djangos_own_which_sees_what_was_written():
    connection.ensure_connection()

    assert pid_of(PID.read({})) == connection.connection.info.backend_pid


@pytest.mark.django_db(transaction=True)
def test_otherwise_it_is_one_for_the_thread_with_the_timeouts_of_the_settings(closed):
    connection.ensure_connection()
    own = pid_of(PID.read({}))

    assert own != connection.connection.info.backend_pid
    assert pid_of(PID.read({})) == own
    timeout = Validator("SELECT true, current_setting('statement_timeout')").read({})
    assert timeout.text.endswith(":10s")


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_is_replaced_at_once(closed):
    lost = pid_of(PID.read({}))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [lost])

    assert pid_of(PID.read({})) != lost


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_takes_too_long_is_not_tried_twice(closed):
    slow = Validator("SELECT true, pg_sleep(5)::text")
    Validator("SELECT true, set_config('statement_timeout', '50', false)").read({})
    before = pid_of(PID.read({}))

    with pytest.raises(psycopg.errors.QueryCanceled):
        slow.read({})

    assert pid_of(PID.read({})) == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("pooler", "statements"), [("", "1"), ("transaction", "0")])
def test_statements_are_prepared_unless_a_pooler_forbids_it(closed, settings, pooler, statements):
    settings.DATABASE_POOLER = pooler
    prepared = Validator("SELECT true, count(*)::text FROM pg_prepared_statements")

    assert prepared.read({}).text.endswith(f":{statements}")


@pytest.mark.django_db(transaction=True)
def test_the_connection_ends_with_its_thread(closed):
    pids = []
    thread = threading.Thread(target=lambda: pids.append(pid_of(PID.read({}))))
    thread.start()
    thread.join()
    del thread

    def is_open(pid):
        cursor.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [pid])
        return cursor.fetchone() is not None

    with connection.cursor() as cursor:
        wait_until(lambda: not is_open(*pids))
