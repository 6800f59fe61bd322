"""Defer jobs in the transaction of this thread, in a worker too.

A worker replaces the connector of procrastinate's app by one that has connections of its own. A job that another
job deferred over them would be visible at once, and could run before the rows are committed that it is about.
"""

from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import JobDeferrer
from procrastinate.manager import JobManager


def in_this_transaction(deferrer: JobDeferrer) -> JobDeferrer:
    """Return `deferrer`, which then uses Django's own connection."""
    deferrer.job_manager = JobManager(DjangoConnector())
    return deferrer
