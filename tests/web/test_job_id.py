"""Log records that are written during a job have its id."""

import logging
from concurrent.futures import ThreadPoolExecutor

from procrastinate import App
from procrastinate.contrib.django import app as site_app
from procrastinate.testing import InMemoryConnector

from web.job_id import with_job_id
from web.log_context import JOB_ID, ids_of

SEEN = []


def note_ids():
    SEEN.append(ids_of(logging.makeLogRecord({})))


def test_a_record_of_a_job_has_its_id():
    SEEN.clear()

    # In a thread without an event loop, whatever ran before in that of the tests.
    with ThreadPoolExecutor(1) as thread:
        jobs, left = thread.submit(run_two_jobs).result()

    assert [{"job_id": job} for job in jobs] == SEEN
    assert left is None


def run_two_jobs():
    """Run `note_ids` twice; return the ids of the jobs, and what is left of them in the context."""
    app = App(connector=InMemoryConnector(), worker_defaults={"task_middleware": [with_job_id]})
    task = app.task(note_ids)
    jobs = [task.defer(), task.defer()]
    app.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
    return jobs, JOB_ID.get()


def test_the_worker_of_the_site_gives_each_task_its_id():
    assert with_job_id in site_app.worker_defaults["task_middleware"]
