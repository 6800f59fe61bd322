"""procrastinate's command, whose worker says by its exit code whether somebody stopped it."""

import logging
from contextlib import nullcontext
from typing import Any

from django.core.management.base import CommandError
from procrastinate.contrib.django import app
from procrastinate.contrib.django.management.commands import procrastinate

from web.worker_limits import Watchdog, WorkerConnector


class FailureHandler(logging.Handler):
    """Notices that the worker stops because its heartbeat, its schedule or its listener failed."""

    has_failed = False

    def emit(self, record: logging.LogRecord) -> None:
        if getattr(record, "action", "") == "side_task_failed":
            self.has_failed = True


class Command(procrastinate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """Raise CommandError where procrastinate would end as if it had been asked to: after a restart of Postgres."""
        failures = FailureHandler()
        logger = logging.getLogger("procrastinate")
        logger.addHandler(failures)
        watchdog = Watchdog() if options["command"] == "worker" else nullcontext()
        try:
            with app.replace_connector(WorkerConnector()), watchdog:
                super().handle(*args, **options)
        finally:
            logger.removeHandler(failures)
        if failures.has_failed:
            raise CommandError("The worker lost Postgres and has to be started again.")
