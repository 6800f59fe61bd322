"""A clock that tests move, for the code and the database alike."""

from datetime import datetime

from django.apps import apps
from django.db import connection
from django.db.models import Field
from django.utils import timezone

# Functions that are found before those of Postgres.
OWN_NOW = """
CREATE SCHEMA clock;
CREATE FUNCTION clock.now() RETURNS timestamptz LANGUAGE sql STABLE
    AS $$ SELECT current_setting('clock.now')::timestamptz $$;
CREATE FUNCTION clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$ SELECT clock.now() $$;
SET LOCAL search_path = clock, pg_catalog, public;
"""


class Clock:
    """Stands still until it is moved. For one transaction, that of the test."""

    def __init__(self, monkeypatch, start: datetime) -> None:
        with connection.cursor() as cursor:
            cursor.execute(OWN_NOW)
        self.move(start)
        for field in _fields_with_time():
            monkeypatch.setattr(field, "_get_default", lambda: self.now)
        monkeypatch.setattr(timezone, "now", lambda: self.now)

    def move(self, now: datetime) -> None:
        self.now = now
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('clock.now', %s, true)", [now.isoformat()])


def _fields_with_time() -> list[Field]:
    """The fields whose default is the time: they keep the function, not the name that tests replace."""
    fields = (field for model in apps.get_models() for field in model._meta.get_fields())
    return [field for field in fields if getattr(field, "default", None) is timezone.now]
