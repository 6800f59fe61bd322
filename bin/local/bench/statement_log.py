"""How many statements a request costs, from the log of the database server."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import psycopg
from psycopg.sql import SQL

# After the time and the process. Further lines of a statement begin with a tab.
STATEMENT = re.compile(r"^[^\t\n\]]*\] LOG:  (?:statement|execute [^:]*): ", re.MULTILINE)


class StatementLog:
    """Counts what a database server was asked, by its log. Every statement is a round trip, BEGIN too."""

    def __init__(self, url: str, path: Path) -> None:
        self._url, self._path = url, path

    @contextmanager
    def switched_on(self) -> Iterator[Self]:
        self.switch("all")
        try:
            yield self
        finally:
            self.switch("none")

    def cost(self, act: Callable[[], object]) -> int:
        """Return how many statements there are while it acts."""
        offset = self._path.stat().st_size
        act()
        with self._path.open("rb") as log:
            log.seek(offset)
            return count_statements(log.read().decode(errors="replace"))

    def switch(self, value: str) -> None:
        """Set which statements are logged: "all" or "none"."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(SQL("ALTER SYSTEM SET log_statement = {}").format(value))
            connection.execute("SELECT pg_reload_conf()")


def count_statements(log: str) -> int:
    return len(STATEMENT.findall(log))
