from collections.abc import Callable
from typing import Any

from procrastinate import JobContext
from procrastinate.worker import Worker

from web.log_context import JOB_ID


def with_job_id(call_next: Callable[[], Any], context: JobContext, worker: Worker) -> Any:
    """Run a task with the id of its job in all its log records; procrastinate calls this around each task."""
    token = JOB_ID.set(context.job.id)
    try:
        return call_next()
    finally:
        JOB_ID.reset(token)
