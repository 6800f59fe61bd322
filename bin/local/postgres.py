"""The embedded Postgres for as long as a program of ours runs."""

from contextlib import ExitStack, contextmanager

import psycopg
from django.core.exceptions import ImproperlyConfigured

from bin.local.terminal import Problem, step, stopping_later, undisturbed
from config import local_postgres


@contextmanager
def postgres(data_dir):
    """The address of a server in `data_dir`, which is stopped afterwards."""
    with ExitStack() as running:
        with step("Starting Postgres"), stopping_later():
            server = _start(data_dir)
            running.callback(_stop, server)
        yield server.get_uri()


def _start(data_dir):
    try:
        return local_postgres.start(data_dir)
    except ImproperlyConfigured as error:
        raise Problem(str(error)) from error


def _stop(server):
    with undisturbed():
        server.cleanup()


def without_flushing(address):
    """Spare the disk: what a crash of the machine would lose are test databases. Nothing that SQL can see differs."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM RESET ALL")
        for name in ["fsync", "full_page_writes"]:
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")
