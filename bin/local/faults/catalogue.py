"""What can be done to the site. Each fault is a function that returns when its cause is gone."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from typing import Any

import psycopg

from bin.local.faults.disks import filled
from bin.local.faults.site import Site
from bin.local.frozen_postgres import frozen

OUTAGE = 4  # seconds that something is away
LOCKED = 8  # longer than lock_timeout
SILENT, SILENT_LONG = 20, 75  # longer than a request waits; longer than a worker waits
END_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND application_name <> 'observer'
"""


class NotTried(Exception):
    """The fault cannot be made on this machine; the message says why."""


@dataclass(frozen=True)
class Fault:
    name: str
    description: str
    happen: Callable[[Site], None]
    is_quick: bool


FAULTS: dict[str, Fault] = {}


def fault(description: str, *, is_quick: bool = False) -> Callable[[Callable[[Site], None]], None]:
    def register(happen: Callable[[Site], None]) -> None:
        name = happen.__name__.strip("_").replace("_", "-")
        FAULTS[name] = Fault(name, description, happen, is_quick)

    return register


@fault("kill -9 of one of gunicorn's two web processes", is_quick=True)
def _kill_web_process(site: Site) -> None:
    site.web.children()[0].kill()


@fault("kill -9 of gunicorn's master; systemd starts it again after 2 s")
def _kill_gunicorn(site: Site) -> None:
    site.web.send(signal.SIGKILL)


@fault("SIGTERM of gunicorn: it stops as for systemctl restart, and is started again after 2 s")
def _stop_gunicorn(site: Site) -> None:
    site.web.send(signal.SIGTERM)


@fault("SIGHUP of gunicorn: systemctl reload")
def _reload_gunicorn(site: Site) -> None:
    site.web.send(signal.SIGHUP)


@fault(
    "kill -9 of the worker, with jobs on their way; systemd starts it again after 5 s",
    is_quick=True,
)
def _kill_worker(site: Site) -> None:
    site.worker.send(signal.SIGKILL)


@fault("SIGTERM of the worker")
def _stop_worker(site: Site) -> None:
    site.worker.send(signal.SIGTERM)


@fault(f"Postgres stops in mode fast, for {OUTAGE} s")
def _postgres_stops_fast(site: Site) -> None:
    _restart(site, "fast")


@fault(f"Postgres stops in mode immediate, like a power cut, for {OUTAGE} s", is_quick=True)
def _postgres_crashes(site: Site) -> None:
    _restart(site, "immediate")


@fault("kill -9 of a Postgres backend: Postgres ends all connections and recovers")
def _kill_postgres_backend(site: Site) -> None:
    ((number,),) = site.rows(
        "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' "
        "AND pid <> pg_backend_pid() LIMIT 1"
    )
    os.kill(number, signal.SIGKILL)


@fault(f"all connections are ended, and none is free for {OUTAGE} s")
def _out_of_connections(site: Site) -> None:
    with ExitStack() as taken, site.connect() as observer:
        end = time.monotonic() + OUTAGE
        while time.monotonic() < end:
            _take_all_connections(site, taken)
            observer.execute(END_OTHERS)
            time.sleep(0.02)


@fault(f"the tables of votes, tools and sign-ups are locked for {LOCKED} s")
def _locked_tables(site: Site) -> None:
    with site.connect() as connection, connection.transaction():
        connection.execute("LOCK TABLE votes_vote, newsletter_mailrequest IN ACCESS EXCLUSIVE MODE")
        connection.execute("LOCK TABLE tools_tool IN ACCESS EXCLUSIVE MODE")
        time.sleep(LOCKED)


@fault(f"Postgres is silent for {SILENT} s: its processes are stopped, and the kernel accepts")
def _silent_postgres(site: Site) -> None:
    with frozen(site.database.data_dir):
        time.sleep(SILENT)


@fault(f"Postgres is silent for {SILENT_LONG} s, so that the worker ends")
def _silent_postgres_long(site: Site) -> None:
    with frozen(site.database.data_dir):
        time.sleep(SILENT_LONG)


@fault(
    f"no byte is free on the disk of the database for {2 * OUTAGE} s; then its log is full too, and it ends"
)
def _full_database_disk(site: Site) -> None:
    _require_disks(site)
    # Connected before: a new connection may need room, too.
    with closing(site.connect()) as connection, filled(site.data_disk):
        time.sleep(OUTAGE)
        _fill_write_ahead_log(connection)
        time.sleep(OUTAGE)
    site.database.start()  # if it ended, as systemd would


@fault(f"no byte is free on the disk of the logs for {OUTAGE} s")
def _full_log_disk(site: Site) -> None:
    _require_disks(site)
    with filled(site.log_disk):
        time.sleep(OUTAGE)


@fault("the clock of the database is wrong")
def _database_clock(site: Site) -> None:
    raise NotTried("needs libfaketime, or a machine of its own")


@fault(f"the mail server is gone for {2 * OUTAGE} s")
def _mail_server_gone(site: Site) -> None:
    with site.mail.gone():
        time.sleep(2 * OUTAGE)


@fault(f"the mail server greets with 421 for {2 * OUTAGE} s", is_quick=True)
def _mail_server_busy(site: Site) -> None:
    with site.mail.greeting_with("421 4.3.2 too busy"):
        time.sleep(2 * OUTAGE)


@fault(f"the mail server greylists: every recipient gets 451 for {2 * OUTAGE} s")
def _greylisting(site: Site) -> None:
    with site.mail.answering_recipients_with("451 4.7.1 greylisted, try again later"):
        time.sleep(2 * OUTAGE)


def _restart(site: Site, mode: str) -> None:
    site.database.stop(mode)
    time.sleep(OUTAGE)
    site.database.start()


def _take_all_connections(site: Site, taken: ExitStack) -> None:
    with suppress(psycopg.OperationalError):
        while True:
            taken.enter_context(site.connect())


def _require_disks(site: Site) -> None:
    if not site.has_small_disks:
        raise NotTried("only root may mount a small disk")


def _fill_write_ahead_log(connection: psycopg.Connection[Any]) -> None:
    """Use up the files that Postgres keeps for it, until it gives up."""
    with suppress(psycopg.Error):
        while True:
            connection.execute(
                "SELECT pg_logical_emit_message(true, 'filler', repeat('x', 4000000))"
            )
