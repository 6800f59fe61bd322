"""The database as the programs of PostgreSQL reach it: directly, and without the time limits of requests."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import quote, urlencode

import psycopg
from django.conf import settings
from psycopg import pq
from psycopg.conninfo import make_conninfo

from config.backup.errors import BackupError

# A whole table is read in one statement; and the text of a row must not depend on the role's settings.
SESSION = {
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "DateStyle": "ISO",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "bytea_output": "hex",
    "extra_float_digits": "1",
}
SESSION_OPTIONS = " ".join(f"-c {name}={value}" for name, value in SESSION.items())


@dataclass(frozen=True)
class Database:
    """`parameters` as libpq names them, without the password, which never goes into a list of processes."""

    parameters: Mapping[str, str]
    password: str

    @classmethod
    def of_the_site(cls) -> Self:
        """Return the database of the settings; raise BackupError where only a pooler is known."""
        if settings.DATABASE_POOLER and not settings.DATABASE_DIRECT:
            raise BackupError(
                "DATABASE_URL leads to a pooler. Set DATABASE_DIRECT_URL to the address of Postgres itself."
            )
        return cls.of(settings.DATABASE_DIRECT or settings.DATABASES["default"])

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Self:
        """Return the database of an entry of DATABASES; what only Django knows in its OPTIONS is left out."""
        options = entry.get("OPTIONS", {})
        named = {key: options[key] for key in _KNOWN_TO_LIBPQ if key in options}
        for key in ["NAME", "USER", "HOST", "PORT"]:
            if entry.get(key):  # an address of a socket has its host among the options
                named["dbname" if key == "NAME" else key.lower()] = entry[key]
        given = {key: str(value) for key, value in named.items()}
        return cls(given, entry.get("PASSWORD") or "")

    @property
    def name(self) -> str:
        return self.parameters["dbname"]

    def named(self, name: str) -> Self:
        """Return another database of the same server."""
        return replace(self, parameters={**self.parameters, "dbname": name})

    @property
    def conninfo(self) -> str:
        return make_conninfo("", **self.parameters)

    @property
    def url(self) -> str:
        """The address for DATABASE_URL, without the password."""
        options = {
            key: value for key, value in self.parameters.items() if key not in {"dbname", "user"}
        }
        user = quote(self.parameters.get("user", ""), safe="")
        return f"postgres://{user}@/{quote(self.name, safe='')}?{urlencode(options)}"

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | ({"PGPASSWORD": self.password} if self.password else {})

    def connect(self) -> psycopg.Connection[Any]:
        """Return a connection in which each statement is a transaction, unless one is begun."""
        password = {"password": self.password} if self.password else {}
        conninfo = make_conninfo(self.conninfo, options=SESSION_OPTIONS, **password)
        return psycopg.connect(conninfo, autocommit=True)


# `options` are the limits of requests.
_KNOWN_TO_LIBPQ = {default.keyword.decode() for default in pq.Conninfo.get_defaults()} - {
    "options",
    "password",
}
