import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import DatabaseError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.errors import LockNotAvailable, QueryCanceled

# Readers wait behind a migration that waits for a lock: it gives up soon, and lets them pass before it tries again.
LOCK_TIMEOUT, ATTEMPTS, PAUSE = "500ms", 20, 2.0  # the pause in seconds
STATEMENT_TIMEOUT = "10min"


class Command(migrate.Command):
    """Django's command with limits in time, wherever it is run: by hand, by an upgrade, in a container."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--lock-timeout",
            default=LOCK_TIMEOUT,
            help=f"the longest time that a statement waits for a lock; {LOCK_TIMEOUT} by default",
        )
        parser.add_argument(
            "--statement-timeout",
            default=STATEMENT_TIMEOUT,
            help=f"the longest time that a statement may take; {STATEMENT_TIMEOUT} by default",
        )
        parser.add_argument(
            "--attempts",
            type=int,
            default=ATTEMPTS,
            help=f"how many times a migration that gets no lock is tried; {ATTEMPTS} by default",
        )

    def handle(self, *arguments: Any, **options: Any) -> None:
        limits = {
            "lock_timeout": options["lock_timeout"],
            "statement_timeout": options["statement_timeout"],
        }
        with limited(connections[options["database"]], limits):
            for attempt in range(1, options["attempts"] + 1):
                if self._is_done(arguments, options):
                    return
                if attempt < options["attempts"]:
                    self.stdout.write(
                        f"\nNo lock within {limits['lock_timeout']}. Trying again in {PAUSE:g} s."
                    )
                    time.sleep(PAUSE)
        raise CommandError(
            f"A migration did not get its lock in {options['attempts']} attempts of {limits['lock_timeout']}, and was "
            "rolled back. Those before it are applied. Look in pg_stat_activity for a transaction that has been open "
            "for long, and run this again."
        )

    def _is_done(self, arguments: tuple[Any, ...], options: dict[str, Any]) -> bool:
        """Migrate; return False when a lock was not to be had."""
        try:
            super().handle(*arguments, **options)
        except OperationalError as error:
            if isinstance(error.__cause__, LockNotAvailable):
                return False
            if isinstance(error.__cause__, QueryCanceled):
                raise CommandError(
                    f"A statement of a migration took longer than {options['statement_timeout']}. That migration was "
                    "rolled back, those before it are applied. Give it more time with --statement-timeout."
                ) from error
            raise
        return True


@contextmanager
def limited(connection: BaseDatabaseWrapper, limits: dict[str, str]) -> Iterator[None]:
    """Set these limits for the session.

    Behind a pooler the session is not ours, and the limits of the role hold.
    """
    if settings.DATABASE_POOLER:
        yield
        return
    with connection.cursor() as cursor:
        for limit in limits.items():
            cursor.execute("SELECT set_config(%s, %s, false)", limit)
    try:
        yield
    finally:
        # A connection that was lost has no limits either.
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout; RESET statement_timeout")
