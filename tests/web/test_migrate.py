"""`manage.py migrate` while somebody else holds a table, and the limits that its statements have."""

import io
from contextlib import contextmanager

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.db.migrations import Migration, operations
from django.db.migrations.loader import MigrationLoader

from tools.models import Tool
from web.management.commands import migrate

LIMITS = "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')"


def limits():
    with connection.cursor() as cursor:
        cursor.execute(LIMITS)
        return cursor.fetchone()


@pytest.fixture
def next_migration(monkeypatch):
    """Ship one more migration of tools, with the given operations."""

    def ship(*added):
        own = type("Migration", (Migration,), {})("0003_next", "tools")
        own.dependencies, own.operations = [("tools", "0002_rules")], list(added)
        load_disk = MigrationLoader.load_disk

        def load_disk_and_own(loader):
            load_disk(loader)
            loader.disk_migrations["tools", "0003_next"] = own

        monkeypatch.setattr(MigrationLoader, "load_disk", load_disk_and_own)
        monkeypatch.setattr(migrate, "PAUSE", 0)

    return ship


@contextmanager
def held_by_another(table):
    parameters = connection.get_connection_params()
    kept = {
        name: parameters[name]
        for name in ["host", "port", "user", "password", "dbname"]
        if name in parameters
    }
    with psycopg.connect(**kept) as other:
        other.execute(f"LOCK TABLE {table} IN ACCESS SHARE MODE")
        yield other


ADD_COLUMN = operations.AddField("tool", "more", models.TextField(null=True))


@pytest.mark.django_db(transaction=True)
def test_a_migration_without_its_lock_gives_up_in_words_and_readers_go_on(next_migration):
    next_migration(ADD_COLUMN)
    said = io.StringIO()

    with held_by_another("tools_tool"), pytest.raises(CommandError) as refusal:
        call_command("migrate", "tools", lock_timeout="20ms", attempts=3, stdout=said)

    assert "did not get its lock in 3 attempts of 20ms" in str(refusal.value)
    assert said.getvalue().count("No lock within 20ms. Trying again") == 2
    assert Tool.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_migration_gets_its_lock_as_soon_as_it_is_free(next_migration, monkeypatch):
    next_migration(ADD_COLUMN)
    with held_by_another("tools_tool") as other:
        monkeypatch.setattr(migrate.time, "sleep", lambda seconds: other.rollback())

        call_command("migrate", "tools", lock_timeout="20ms", stdout=io.StringIO())

    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, "tools_tool")
        assert "more" in {column.name for column in columns}
    call_command("migrate", "tools", "0002", verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_takes_too_long_is_named(next_migration):
    next_migration(operations.RunSQL("SELECT pg_sleep(60)"))

    with pytest.raises(CommandError, match=r"took longer than 50ms.*--statement-timeout"):
        call_command("migrate", "tools", statement_timeout="50ms", verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_the_limits_hold_for_the_migrations_alone(next_migration):
    seen = []
    next_migration(
        operations.RunPython(lambda apps, editor: seen.append(limits()), lambda *_: None)
    )
    before = limits()

    call_command("migrate", "tools", verbosity=0)
    call_command("migrate", "tools", "0002", verbosity=0)

    assert seen == [("500ms", "10min")]
    assert limits() == before == ("2s", "10s")


@pytest.mark.django_db(transaction=True)
def test_behind_a_pooler_the_limits_of_the_role_hold(next_migration, settings):
    settings.DATABASE_POOLER = "transaction"
    seen = []
    next_migration(
        operations.RunPython(lambda apps, editor: seen.append(limits()), lambda *_: None)
    )

    call_command("migrate", "tools", verbosity=0)
    call_command("migrate", "tools", "0002", verbosity=0)

    assert seen == [("2s", "10s")]
