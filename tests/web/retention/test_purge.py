"""Rows that are no longer kept are removed in batches, however many there are."""

import logging
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import NetworkKey, RateLimit
from web.retention import purge
from web.retention.purge import purge_expired
from web.retention.rules import row_rule

MANY = 300_000


def make_limits(count, *, expired=True):
    """Store as many rate limits, which expired within the last seconds or will in an hour."""
    ago = "1 second" if expired else "-1 hour"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_ratelimit (name, amount, updated_at, expires_at) "
            f"SELECT '{expired} ' || n, 1, now(), now() - interval '{ago}' - n * interval '1 millisecond' "
            "FROM generate_series(1, %s) AS n",
            [count],
        )


def run_sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_300000_stale_limits_are_gone_after_one_run_although_statements_are_limited():
    make_limits(MANY)
    make_limits(3, expired=False)
    run_sql("SET statement_timeout = '200ms'")

    try:
        removed = purge_expired()
    finally:
        run_sql("RESET statement_timeout")

    assert removed == {"rate limits": MANY}
    assert RateLimit.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_batch_reads_no_more_than_its_rows_while_an_old_snapshot_is_open():
    """A backup keeps one open. What is read is counted, not timed."""
    run_sql("VACUUM accounts_ratelimit")  # of rows that other tests removed
    make_limits(20_000)
    info = connection.connection.info
    with psycopg.connect(host=info.host, port=info.port, user=info.user, dbname=info.dbname) as old:
        old.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        old.execute("SELECT count(*) FROM accounts_ratelimit")
        before = index_entries_read()

        purge_expired()

        read = index_entries_read() - before
    assert RateLimit.objects.count() == 0
    assert read < 1.2 * 20_000


def index_entries_read():
    """Return how many entries scans of the index returned so far, dead ones too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(
            "SELECT idx_tup_read FROM pg_stat_user_indexes WHERE indexrelname = 'rate_limit_expires'"
        )
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_a_batch_that_exceeds_the_statement_limit_is_made_smaller(monkeypatch):
    make_limits(100)
    sizes = []
    remove_batch = purge._remove_batch

    def slow_above_20(rule, rows, size):
        sizes.append(size)
        if size > 20:
            raise OperationalError from psycopg.errors.QueryCanceled()
        return remove_batch(rule, rows, size)

    monkeypatch.setattr(purge, "_remove_batch", slow_above_20)

    assert purge.purge(row_rule("rate limits"), now=timezone.now()) == 100

    assert sizes == [1000, 250, 62, *[15] * 7]


@pytest.mark.django_db
def test_each_batch_begins_where_the_one_before_ended(monkeypatch):
    make_limits(1500)
    monkeypatch.setattr(purge, "MOST_ROWS", 5000)
    kept = replace(row_rule("rate limits"), remove=lambda rows: None)

    assert purge.purge(kept, now=timezone.now()) == 1000 + 501


@pytest.mark.django_db
def test_a_row_that_was_stored_meanwhile_is_kept(monkeypatch):
    make_limits(1500)
    remove_batch = purge._remove_batch

    def remove_and_store(*arguments):
        make_limits(1, expired=False)
        RateLimit.objects.filter(name="False 1").update(name=f"new {RateLimit.objects.count()}")
        return remove_batch(*arguments)

    monkeypatch.setattr(purge, "_remove_batch", remove_and_store)

    assert purge_expired() == {"rate limits": 1500}

    assert all(name.startswith("new") for name in RateLimit.objects.values_list("name", flat=True))
    assert RateLimit.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_killed_run_loses_one_batch_and_the_next_one_goes_on(monkeypatch):
    make_limits(3500)
    remove_batch, batches = purge._remove_batch, []

    class Killed(BaseException):
        pass

    def killed_in_the_third(rule, rows, size):
        batches.append(rule.name)
        if batches.count("rate limits") == 3:
            raise Killed
        return remove_batch(rule, rows, size)

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(purge, "_remove_batch", killed_in_the_third)
        purge_expired()

    assert RateLimit.objects.count() == 1500
    assert purge_expired() == {"rate limits": 1500}


@pytest.mark.django_db(transaction=True)
def test_a_row_in_use_is_left_for_the_next_run():
    make_limits(5)
    info = connection.connection.info
    with psycopg.connect(
        host=info.host, port=info.port, user=info.user, dbname=info.dbname
    ) as other:
        other.execute("SELECT 1 FROM accounts_ratelimit WHERE name = 'True 2' FOR UPDATE")

        assert purge_expired() == {"rate limits": 4}

    assert purge_expired() == {"rate limits": 1}


@pytest.mark.django_db
def test_one_run_has_an_end(monkeypatch, caplog):
    make_limits(2500)
    monkeypatch.setattr(purge, "MOST_ROWS", 1500)
    caplog.set_level(logging.INFO, "web.retention.purge")

    assert [purge_expired() for _ in range(3)] == [{"rate limits": 2000}, {"rate limits": 500}, {}]

    assert caplog.messages == [
        "Retention: more rate limits are left for the next run",
        "Retention: removed rate limits 2000",
        "Retention: removed rate limits 500",
    ]


@pytest.mark.django_db
def test_a_worker_that_is_stopped_finishes_its_batch():
    make_limits(2500)
    answers = iter([False, True])
    rule = row_rule("rate limits")

    assert purge.purge(rule, now=timezone.now(), should_stop=lambda: next(answers)) == 1000


@pytest.mark.django_db
def test_a_rule_that_fails_does_not_keep_the_others(monkeypatch):
    make_limits(1)
    NetworkKey.objects.create(day="2026-01-01")
    purge_one = purge.purge

    def without_limits(rule, **arguments):
        if rule.name == "rate limits":
            raise OperationalError("lock timeout")
        return purge_one(rule, **arguments)

    monkeypatch.setattr(purge, "purge", without_limits)

    with pytest.raises(OperationalError, match="lock timeout"):
        purge_expired()

    assert not NetworkKey.objects.exists()


@pytest.mark.django_db
def test_the_keys_of_the_days_before_yesterday_are_deleted():
    days = [timezone.now().date() - timedelta(days=n) for n in range(4)]
    NetworkKey.objects.bulk_create(NetworkKey(day=day) for day in days)

    assert purge_expired() == {"network keys": 2}

    assert list(NetworkKey.objects.order_by("-day").values_list("day", flat=True)) == days[:2]


@pytest.mark.django_db
def test_jobs_that_failed_a_month_ago_are_deleted_and_waiting_ones_are_not():
    make_job("failed", days=29)
    old = [make_job("failed", days=31), make_job("cancelled", days=31), make_job("todo", days=31)]

    assert purge_expired() == {"failed jobs": 2}

    assert set(ProcrastinateJob.objects.filter(pk__in=old).values_list("status", flat=True)) == {
        "todo"
    }
    assert ProcrastinateJob.objects.count() == 2


def make_job(status, *, days):
    """Return the id of a job whose last event was so many days ago, and that the schedule deferred."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('default', 't', %s::text::procrastinate_job_status) "
            "RETURNING id",
            [status],
        )
        job = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'deferred', now() - %s)",
            [job, timedelta(days=days)],
        )
        cursor.execute(
            "UPDATE procrastinate_events SET at = now() - %s WHERE job_id = %s",
            [timedelta(days=days), job],
        )
        cursor.execute(
            "INSERT INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp, job_id) "
            "VALUES ('t', '', %s, %s)",
            [job, job],
        )
    return job
