"""Log records that are written during a job have its id."""

import logging

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
    app = App(connector=InMemoryConnector(), worker_defaults={"task_middleware": [with_job_id]})
    task = app.task(note_ids)
    jobs = [task.defer(), task.defer()]

    app.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)

    assert [{"job_id": job} for job in jobs] == SEEN
    assert JOB_ID.get() is None


def test_the_worker_of_the_site_gives_each_task_its_id():
    assert with_job_id in site_app.worker_defaults["task_middleware"]
