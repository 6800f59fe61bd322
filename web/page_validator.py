"""Validators: from what rows a public page is made, read before anything else of a request.

Each thread reads them over a psycopg connection of its own, in autocommit mode and with prepared statements:
one round trip, without a check-out from the pool and its health check.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from django.utils import timezone

CONNECT_TIMEOUT = 5  # seconds
# Planning a statement takes several times as long as running it.
PLAN_ONCE = "-c plan_cache_mode=force_generic_plan -c jit=off"
OUT_OF_REACH = (psycopg.OperationalError, psycopg.InterfaceError)


@dataclass(frozen=True)
class Version:
    """What a validator read. `text` differs whenever the page may; `holds_sample` is for the footer."""

    text: str
    holds_sample: bool


@dataclass(frozen=True)
class Validator:
    """What a page depends on: one statement over rows that it shows, of a cost that is the same for any catalogue.

    `sql` selects one row of two columns: whether sample content is public, and any text that changes with
    everything that the page shows. It selects no row where there is no page to cache. `%(now)s` is the time
    by the clock that the view uses too, so that a scheduled publication comes due for both at once; the
    other parameters are those that `parameters` makes of the keyword arguments of the URL. A page that shows
    figures up to some `seconds` old names these.
    """

    sql: str
    parameters: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict
    seconds: int = 0

    def read(self, kwargs: Mapping[str, Any]) -> Version | None:
        """Return the version of the page at the URL with `kwargs`; None where there is none to cache.

        Raises psycopg's OperationalError or InterfaceError while the database is out of reach. The day (UTC)
        is a part, because charts end today.
        """
        now = timezone.now()
        row = _fetch(self.sql, {**self.parameters(kwargs), "now": now})
        if row is None:
            return None
        holds_sample, text = row
        return Version(f"{now:%Y-%m-%d}:{self._period(now)}:{holds_sample}:{text}", holds_sample)

    def _period(self, now: datetime) -> int:
        return int(now.timestamp()) // self.seconds if self.seconds else 0


def open_connection() -> "psycopg.Connection[Any]":
    """Connect to the database that validators are read from, with the settings of Django's own connection.

    Views must not read from an older copy than this one: they would be cached under a version that they
    do not show yet.
    """
    parameters = {"connect_timeout": CONNECT_TIMEOUT} | connection.get_connection_params()
    parameters |= {"autocommit": True, "cursor_factory": psycopg.Cursor, "prepare_threshold": None}
    if settings.DATABASE_PREPARED_STATEMENTS:
        parameters["prepare_threshold"] = 0
        parameters["options"] = f"{parameters.get('options', '')} {PLAN_ONCE}"
    return psycopg.connect(**parameters)


class _Reader:
    """The connection of one thread; closed with the thread."""

    def __init__(self) -> None:
        self.connection = open_connection()
        self.cursor = self.connection.cursor()

    def __del__(self) -> None:
        # Without one if connecting failed.
        if opened := self.__dict__.get("connection"):
            opened.close()


_thread = threading.local()


def close_connection() -> None:
    """Close the connection of this thread."""
    _thread.reader = None


def _fetch(sql: str, parameters: Mapping[str, Any]) -> Any:
    """Return the row that a statement selects, or None. A connection that was lost is replaced once."""
    if connection.in_atomic_block:  # as in tests: only it sees what its transaction wrote
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchone()
    try:
        return _fetch_own(sql, parameters)
    except OUT_OF_REACH as error:
        if isinstance(error, psycopg.errors.QueryCanceled):
            raise
        close_connection()
        return _fetch_own(sql, parameters)


def _fetch_own(sql: str, parameters: Mapping[str, Any]) -> Any:
    if getattr(_thread, "reader", None) is None:
        _thread.reader = _Reader()
    return _thread.reader.cursor.execute(sql, parameters).fetchone()
