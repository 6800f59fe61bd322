"""Validators: from what rows a public page is made, read before anything else of a request.

Each thread reads them over a psycopg connection of its own, in autocommit mode and with prepared statements:
one round trip, without a check-out from the pool and its health check. Threads that wait for the validator of one
page share a reading that began after all of them asked.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

from web.postgres import LimitedConnection, ReplicaConnection, time_left
from web.replica import REPLICA
from web.shared_read import SharedRead

CONNECT_TIMEOUT = 5  # seconds
# Planning a statement takes several times as long as running it.
PLAN_ONCE = "-c plan_cache_mode=force_generic_plan -c jit=off"
OUT_OF_REACH = (psycopg.OperationalError, psycopg.InterfaceError)

type Fetch = Callable[[str, str, Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Version:
    """What a validator read. `text` differs whenever the page may; None: there is no page to cache."""

    text: str | None
    # Whether sample content is public, for the footer.
    holds_sample: bool


_reads = SharedRead[Version]()


@dataclass(frozen=True)
class Validator:
    """What a page depends on: one statement over rows that it shows, of a cost that is the same for any catalogue.

    `sql` selects one row of two columns: whether sample content is public, and any text that changes with
    everything that the page shows; NULL where there is no page to cache. `%(now)s` is the time
    by the clock that the view uses too, so that a scheduled publication comes due for both at once; the
    other parameters are those that `parameters` makes of the keyword arguments of the URL. A page that shows
    figures up to some `seconds` old names these.
    """

    sql: str
    parameters: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict
    seconds: int = 0

    def read(self, kwargs: Mapping[str, Any], alias: str = DEFAULT_DB_ALIAS) -> Version:
        """Return the version of the page at the URL with `kwargs`.

        `alias` names the server that the view will read from: a page must not be older than its version.
        Raises psycopg's OperationalError or InterfaceError while the database is out of reach. The day (UTC)
        is a part, because charts end today.
        """
        # As in tests: only the transaction sees what it wrote.
        if connections[alias].in_atomic_block:
            return self._read(kwargs, alias, _fetch_in_transaction)
        key = (self, alias, *kwargs.values())
        return _reads.run(key, lambda: self._read(kwargs, alias, _fetch))

    def _read(self, kwargs: Mapping[str, Any], alias: str, fetch: Fetch) -> Version:
        now = timezone.now()
        holds_sample, text = fetch(alias, self.sql, {**self.parameters(kwargs), "now": now})
        if text is not None:
            text = f"{now.date()}:{self._period(now)}:{holds_sample}:{text}"
        return Version(text, holds_sample)

    def _period(self, now: datetime) -> int:
        return int(now.timestamp()) // self.seconds if self.seconds else 0


def open_connection(alias: str) -> LimitedConnection:
    """Connect to a server of settings.DATABASES with the limits and addresses of its pool, but not from it.

    Behind a pooler two statements may run in two sessions, so that none can be prepared.
    """
    parameters = {"connect_timeout": CONNECT_TIMEOUT} | connections[alias].get_connection_params()
    parameters |= {"autocommit": True, "cursor_factory": psycopg.Cursor, "prepare_threshold": None}
    if not settings.DATABASE_POOLER:
        parameters["prepare_threshold"] = 0
        parameters["options"] = f"{parameters.get('options', '')} {PLAN_ONCE}"
    connection_class = ReplicaConnection if alias == REPLICA else LimitedConnection
    return connection_class.connect(**parameters)


class _Reader:
    """The connection of one thread to one server; closed with the thread."""

    def __init__(self, alias: str) -> None:
        self.connection = open_connection(alias)
        self.cursor = self.connection.cursor()

    def __del__(self) -> None:
        # Without one if connecting failed.
        if opened := self.__dict__.get("connection"):
            opened.close()


class _Readers(threading.local):
    def __init__(self) -> None:
        self.by_alias: dict[str, _Reader] = {}


_thread = _Readers()


def close_connections() -> None:
    """Close the connections of this thread."""
    _thread.by_alias.clear()


def _fetch_in_transaction(alias: str, sql: str, parameters: Mapping[str, Any]) -> Any:
    with connections[alias].cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone()


def _fetch(alias: str, sql: str, parameters: Mapping[str, Any]) -> Any:
    """Return the row that a statement selects. A connection that was lost is replaced once, if there is time."""
    was_open = alias in _thread.by_alias
    try:
        return _fetch_own(alias, sql, parameters)
    except OUT_OF_REACH as error:
        if isinstance(error, psycopg.errors.QueryCanceled):
            raise
        _thread.by_alias.pop(alias, None)
        if not was_open or time_left() == 0:
            raise
        return _fetch_own(alias, sql, parameters)


def _fetch_own(alias: str, sql: str, parameters: Mapping[str, Any]) -> Any:
    if alias not in _thread.by_alias:
        _thread.by_alias[alias] = _Reader(alias)
    return _thread.by_alias[alias].cursor.execute(sql, parameters).fetchone()
