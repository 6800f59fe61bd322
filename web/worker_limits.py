"""How long a worker waits for a Postgres that does not answer: it ends, so that its supervisor starts another.

First it ends by itself, as after a restart of Postgres. Where a job waits for Postgres too, that takes for ever, and the
process is ended.
"""

import logging
import os
from threading import Event, Thread
from time import monotonic
from typing import Any, ClassVar

import psycopg
from procrastinate.connector import BaseAsyncConnector
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.utils import connector_params
from procrastinate.psycopg_connector import PsycopgConnector
from psycopg import errors
from psycopg.abc import PQGen

logger = logging.getLogger(__name__)

# Seconds. An idle worker asks every 5 seconds; procrastinate's listener waits 30 seconds for news.
LONGEST_ANSWER = 35.0
# A delivery is recorded up to 120 seconds after the mail server accepted it (newsletter/delivery/sending.py).
LONGEST_SILENCE = 150.0
CHECK_INTERVAL = 1.0


class WorkerConnection(psycopg.AsyncConnection[Any]):
    """A connection of the queue that is closed, with an OperationalError, when an answer takes LONGEST_ANSWER."""

    answered_at: ClassVar[float] = (
        0.0  # when Postgres last answered any of them, by the clock of `monotonic`
    )

    async def wait[Result](
        self, gen: PQGen[Result], interval: float = 0.1, timeout: float | None = None
    ) -> Result:
        limit = LONGEST_ANSWER if timeout is None else timeout
        try:
            result = await super().wait(gen, interval, limit)
        except errors._WaitTimeout:
            if timeout is not None:
                raise
            self.pgconn.finish()  # its answer may still come
            raise psycopg.OperationalError(
                f"Postgres did not answer within {limit:g} seconds"
            ) from None
        WorkerConnection.answered_at = monotonic()
        return result


class WorkerConnector(DjangoConnector):
    """Django's, whose workers use connections that are limited."""

    def get_worker_connector(self) -> BaseAsyncConnector:
        return PsycopgConnector(
            kwargs=connector_params(self.alias), connection_class=WorkerConnection
        )


class Watchdog:
    """Within the block, ends the process with 1 once Postgres has not answered for LONGEST_SILENCE."""

    def __enter__(self) -> None:
        WorkerConnection.answered_at = monotonic()
        self._over = Event()
        self._thread = Thread(target=self._watch, daemon=True)
        self._thread.start()

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(CHECK_INTERVAL):
            silent_for = monotonic() - WorkerConnection.answered_at
            if silent_for > LONGEST_SILENCE:
                logger.critical(
                    "Postgres has not answered for %d seconds: the worker ends", silent_for
                )
                os._exit(1)
