"""What the migrations make can be undone, and made again the same."""

import pytest
from django.core.management import call_command
from django.db import connection

OURS = "^(accounts|bookmarks|newsletter|reviews|tools|votes)_"
SCHEMA = """
SELECT relname, conname, pg_get_constraintdef(pg_constraint.oid)
FROM pg_class LEFT JOIN pg_constraint ON conrelid = pg_class.oid WHERE relkind = 'r' AND relname ~ %(ours)s
UNION ALL SELECT relname, tgname, pg_get_triggerdef(pg_trigger.oid)
FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal AND relname ~ %(ours)s
UNION ALL SELECT proname, '', pg_get_functiondef(oid) FROM pg_proc WHERE proname ~ %(ours)s
"""


def schema():
    """Our tables with their constraints and triggers, and our functions."""
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA, {"ours": OURS})
        return set(cursor)


@pytest.mark.django_db
def test_every_migration_can_be_undone_and_applied_again():
    before = schema()

    for app in ["tools", "accounts"]:
        call_command("migrate", app, "zero", verbosity=0)
    nothing = schema()
    call_command("migrate", verbosity=0)

    assert nothing == set()
    assert schema() == before
