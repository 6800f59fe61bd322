"""Which server a request reads from: the primary, or a streaming replica (DATABASE_REPLICA_URL).

Writes always go to the primary. A view reads from the replica only if it says so (`reads_replica`), and only for a
visitor whose last write the replica shows. Everything that a request reads comes from one server, except that it
may change from the replica to the primary, which is ahead of it: so a page is never older than its validator.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest

from web.last_write import last_write
from web.replica_monitor import monitor

type Alias = Literal["default", "replica"]

PRIMARY: Alias = "default"
REPLICA: Alias = "replica"
_reading_from: ContextVar[Alias] = ContextVar("reading_from", default=PRIMARY)


class ReplicaRouter:
    """Django's database router: reads go where the request reads from."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return _reading_from.get()

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return PRIMARY

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True  # two aliases of one database

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


def reads_replica[View: Callable[..., Any]](view: View) -> View:
    """Declare that a view may show what was true some seconds ago to a visitor who did not just write."""
    view.reads_replica = True  # type: ignore[attr-defined]
    return view


def read_alias(request: HttpRequest) -> Alias:
    """Return the server to read from for a request of a view that `reads_replica`. Costs no query.

    It is decided once for a request: its validator and its page are read from one server, also if its cookies are
    taken away between.
    """
    if not hasattr(request, "read_alias"):
        request.read_alias = REPLICA if _may_read_replica(request) else PRIMARY  # type: ignore[attr-defined]
    alias: Alias = request.read_alias  # type: ignore[attr-defined]
    return alias


def leave_replica(request: HttpRequest, error: BaseException) -> None:
    """Read from the primary from now on, and let others do so for some seconds."""
    monitor.pause(error)
    request.read_alias = PRIMARY  # type: ignore[attr-defined]


def _may_read_replica(request: HttpRequest) -> bool:
    return (
        REPLICA in settings.DATABASES
        and request.method in {"GET", "HEAD"}
        and settings.SESSION_COOKIE_NAME not in request.COOKIES  # staff
        and monitor.shows(last_write(request))
    )


@contextmanager
def reading_from(alias: Alias) -> Iterator[None]:
    token = _reading_from.set(alias)
    try:
        yield
    finally:
        _reading_from.reset(token)


def read_from(alias: Alias) -> None:
    """Read from another server for the rest of the current `reading_from`."""
    _reading_from.set(alias)


def current_alias() -> Alias:
    return _reading_from.get()


def read_connection() -> BaseDatabaseWrapper:
    """Return the connection for a SELECT of one's own. `django.db.connection` is always the primary's."""
    return connections[_reading_from.get()]
