import logging

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from web.stalled_jobs import MOST_ATTEMPTS, retry_stalled_jobs, stalled_jobs

pytestmark = pytest.mark.django_db


@app.task(name="tests.nothing")
def nothing():
    """Does nothing."""


def execute(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


def make_worker(*, silent_seconds):
    return execute(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s * interval '1 second') RETURNING id",
        silent_seconds,
    )


def begin_job(worker, **options):
    """Return the id of a job that the worker has begun."""
    job = nothing.configure(**options).defer()
    return execute(
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s RETURNING id",
        worker,
        job,
    )


def status_of(job):
    return ProcrastinateJob.objects.values_list("status", flat=True).get(pk=job)


def test_a_job_of_a_worker_without_a_heartbeat_is_queued_again():
    job = begin_job(make_worker(silent_seconds=31))

    retry_stalled_jobs()

    assert ProcrastinateJob.objects.values_list("status", "attempts").get(pk=job) == ("todo", 1)


def test_a_job_of_a_worker_that_is_gone_is_queued_again():
    job = begin_job(None)

    retry_stalled_jobs()

    assert status_of(job) == "todo"


def test_a_job_of_a_worker_with_a_heartbeat_is_left_alone():
    job = begin_job(make_worker(silent_seconds=20))

    retry_stalled_jobs()

    assert status_of(job) == "doing"


def test_what_is_queued_already_is_not_queued_twice():
    stalled = begin_job(make_worker(silent_seconds=60), queueing_lock="one")
    queued = nothing.configure(queueing_lock="one").defer()

    retry_stalled_jobs()

    assert [job.pk for job in ProcrastinateJob.objects.all()] == [queued]
    assert stalled != queued


def test_a_job_that_kills_every_worker_fails_in_the_end(caplog):
    job = begin_job(make_worker(silent_seconds=60))
    execute("UPDATE procrastinate_jobs SET attempts = %s RETURNING 1", MOST_ATTEMPTS)

    with caplog.at_level(logging.ERROR):
        retry_stalled_jobs()

    assert status_of(job) == "failed"
    assert f"Job {job} (tests.nothing) has failed" in caplog.text


def test_one_that_cannot_be_queued_again_does_not_stop_the_others(monkeypatch):
    first, second = (begin_job(None) for _ in range(2))
    monkeypatch.setattr("web.stalled_jobs.stalled_jobs", lambda: list(found))
    found = list(stalled_jobs().order_by("pk"))
    execute("DELETE FROM procrastinate_jobs WHERE id = %s RETURNING 1", first)  # it has just ended

    retry_stalled_jobs()

    assert status_of(second) == "todo"
