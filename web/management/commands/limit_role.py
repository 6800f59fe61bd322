from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from psycopg import sql

SET = sql.SQL("ALTER ROLE CURRENT_USER IN DATABASE {} SET {} = {}")


class Command(BaseCommand):
    help = (
        "Store the limits on statements, locks and idle transactions, and that lists begin where a table begins, "
        "as settings of the database role. "
        "Needed once with DATABASE_POOLER=transaction, and again when STATEMENT_TIMEOUT or LOCK_TIMEOUT change: "
        "a pooler does not pass them on. New connections of the pooler to Postgres have them."
    )

    def handle(self, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_database()")  # a pooler may call it something else
            database = sql.Identifier(cursor.fetchone()[0])
            for name, value in settings.DATABASE_SESSION_SETTINGS.items():
                cursor.execute(SET.format(database, sql.Identifier(name), value))
                self.stdout.write(f"{name} = {value}")
