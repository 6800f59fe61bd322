"""Jobs whose worker was killed or lost the database: they stay "doing" in the queue, and nobody does them.

A worker writes a heartbeat every 10 seconds (procrastinate's default), whatever its jobs do.
"""

import logging
from contextlib import suppress
from datetime import timedelta

from asgiref.sync import async_to_sync
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from procrastinate import exceptions
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Status

logger = logging.getLogger(__name__)

SECONDS_WITHOUT_HEARTBEAT = 30
# A job that kills every worker that does it must not go on for ever.
MOST_ATTEMPTS = 10


def stalled_jobs() -> QuerySet[ProcrastinateJob]:
    """Return the jobs that a worker began and that has written no heartbeat for a while, or is gone."""
    # By the clock of the database, which dates the heartbeats too.
    silent_since = Now() - timedelta(seconds=SECONDS_WITHOUT_HEARTBEAT)
    jobs: QuerySet[ProcrastinateJob] = ProcrastinateJob.objects.filter(status=Status.DOING.value)
    return jobs.filter(Q(worker=None) | Q(worker__last_heartbeat__lt=silent_since))


def retry_stalled_jobs() -> None:
    """Queue each of them again. One that has stalled too often fails, until staff try it again."""
    for job in stalled_jobs():
        # Refused with an SQL error if another worker was faster, or if the job has just ended.
        with suppress(exceptions.ConnectorException), transaction.atomic():
            _retry(job)


def _retry(job: ProcrastinateJob) -> None:
    if _is_queued_again(job):
        _finish(job, Status.ABORTED)
    elif job.attempts >= MOST_ATTEMPTS:
        _finish(job, Status.FAILED)
        logger.error(
            "Job %s (%s) has failed: its worker died %d times", job.pk, job.task_name, job.attempts
        )
    else:
        app.job_manager.retry_job_by_id(job.pk, retry_at=timezone.now())
        logger.warning("Job %s (%s) is tried again: its worker is gone", job.pk, job.task_name)


def _is_queued_again(job: ProcrastinateJob) -> bool:
    """Whether another job that is queued does the same: only one with a queueing lock can be."""
    same = ProcrastinateJob.objects.filter(
        status=Status.TODO.value, queueing_lock=job.queueing_lock
    )
    return job.queueing_lock is not None and same.exists()


def _finish(job: ProcrastinateJob, status: Status) -> None:
    finish = async_to_sync(app.job_manager.finish_job_by_id_async)
    finish(job_id=job.pk, status=status, delete_job=status == Status.ABORTED)
