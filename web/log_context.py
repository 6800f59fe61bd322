"""What log records are about: the id of the request or the job during which they are written.

gunicorn's first process, which outlives a change of the code, imports this for its own log: so it imports nothing.
"""

from contextvars import ContextVar
from logging import LogRecord
from typing import Any

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
JOB_ID: ContextVar[int | None] = ContextVar("job_id", default=None)


def ids_of(record: LogRecord) -> dict[str, Any]:
    """Return the `request_id` and the `job_id` of a record, each only where there is one.

    Django logs an answer with an error after the middleware, and names its request in the record.
    """
    request = getattr(record, "request", None)
    of_request = getattr(request, "META", {}).get("site.request_id") or REQUEST_ID.get()
    ids = {"request_id": of_request, "job_id": getattr(record, "job_id", None) or JOB_ID.get()}
    return {name: value for name, value in ids.items() if value is not None}
