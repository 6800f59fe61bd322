"""The settings of Postgres on which promises of the site rest, and its clock."""

import os
import time
from collections.abc import Sequence

from django.conf import settings

from config.health.parts import Check, Finding, value_of

OLDEST_VERSION = 15
MOST_SECONDS_APART = 5
# What makes Postgres keep, through a power cut, what it acknowledged.
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
# Of procrastinate: its own pool, and the connection that listens.
OF_THE_WORKER = 5
LOCALE = "SELECT datlocprovider::text || ' ' || datcollate FROM pg_database WHERE datname = current_database()"
# Their order of text does not change with the operating system.
STABLE_COLLATIONS = {"C", "POSIX", "C.UTF-8", "C.utf8"}


def version() -> Finding:
    number = int(_setting("server_version_num"))
    return Finding(
        "Postgres",
        f"version {number // 10_000}",
        is_well=number >= OLDEST_VERSION * 10_000,
        hint=f"Move the database to version {OLDEST_VERSION} or newer.",
    )


def durability() -> Finding:
    off = [name for name in DURABLE if _setting(name) == "off"]
    if not off:
        return Finding("durability", "a commit is on disk before it is acknowledged")
    return Finding(
        "durability",
        f"{' and '.join(off)} off",
        is_well=False,
        hint="Turn it on in postgresql.conf or for the role: a crash loses votes and sign-ups that were acknowledged.",
    )


def sorting() -> Finding:
    encoding = _setting("server_encoding")
    if encoding != "UTF8":
        hint = (
            "Create the database with ENCODING 'UTF8' and load a dump of the present one into it."
        )
        return Finding("text", f"encoded as {encoding}", is_well=False, hint=hint)
    provider, _, collation = value_of(LOCALE).partition(" ")
    if provider == "b" or (provider == "c" and collation in STABLE_COLLATIONS):
        return Finding("text", "UTF-8, sorted in an order that never changes")
    text = f"UTF-8, sorted by the rules of the operating system ({collation})"
    hint = (
        "Run REINDEX DATABASE after each upgrade of the operating system, or create the database with the "
        "locale C.UTF-8."
    )
    return Finding("text", text, hint=hint, is_note=True)


def connections() -> Finding:
    """Compare what all processes may open with what Postgres allows, by the environment of this process."""
    if settings.DATABASE_POOLER:
        return Finding("connections", "shared by a pooler")
    wanted = _most_connections()
    allowed = int(_setting("max_connections")) - int(_setting("superuser_reserved_connections"))
    return Finding(
        "connections",
        f"up to {wanted} of {allowed} with one web machine and one worker",
        is_well=wanted <= allowed,
        hint="Raise max_connections, or lower DATABASE_POOL_SIZE, WEB_WORKERS or WEB_THREADS.",
    )


def time_limits() -> Finding:
    limit = _setting("statement_timeout")
    if limit == "0":
        hint = (
            "Set STATEMENT_TIMEOUT, or behind a pooler run manage.py limit_role: otherwise a slow "
            "statement can block a process."
        )
        return Finding("time limits", "none for a statement", is_well=False, hint=hint)
    return Finding("time limits", f"{limit} for a statement")


def clock() -> Finding:
    """Compare the clocks of this machine and of Postgres, in the middle of a round trip."""
    before = time.time()
    of_postgres = float(value_of("SELECT extract(epoch FROM clock_timestamp())"))
    apart = abs(of_postgres - (before + time.time()) / 2)
    return Finding(
        "clock",
        f"{apart:.0f} s from that of Postgres",
        is_well=apart <= MOST_SECONDS_APART,
        hint="Synchronise both machines by NTP (timedatectl): links and one-time passwords expire by this clock.",
    )


POSTGRES: Sequence[Check] = (version, durability, sorting, connections, time_limits, clock)


def _most_connections() -> int:
    """Each web process has a pool, and one connection per thread for the versions of pages; the worker has a pool."""
    pool = settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"]
    web = int(os.environ.get("WEB_WORKERS", "2")) * (pool + int(os.environ.get("WEB_THREADS", "8")))
    return int(web + pool + OF_THE_WORKER)


def _setting(name: str) -> str:
    return str(value_of(f"SELECT current_setting('{name}')"))
