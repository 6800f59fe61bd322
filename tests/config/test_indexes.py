"""Each index costs every write of its table: none is there that no query needs, and no deletion reads a whole table."""

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from accounts.models import User

pytestmark = pytest.mark.django_db

# An index repeats the first columns of another one, with the same condition or with none. A key is no repetition.
REPETITIONS = """
WITH index AS (
    SELECT indexrelid AS id, indrelid AS relation, indisunique AS is_key,
        ARRAY(
            SELECT pg_get_indexdef(indexrelid, place, true) || ' ' || indclass[place - 1]
            FROM generate_series(1, indnkeyatts) AS place
        ) AS columns,
        pg_get_expr(indpred, indrelid) AS condition
    FROM pg_index WHERE indrelid::regclass::text = ANY (%s)
)
SELECT shorter.id::regclass::text, longer.id::regclass::text
FROM index AS shorter JOIN index AS longer ON shorter.relation = longer.relation AND shorter.id <> longer.id
WHERE NOT shorter.is_key
    AND longer.columns[:cardinality(shorter.columns)] = shorter.columns
    AND longer.condition IS NOT DISTINCT FROM shorter.condition
"""
# Django makes them for each unique text. A query that uses LIKE has an index of its own name.
FOR_LIKE = "SELECT indexname FROM pg_indexes WHERE tablename = ANY (%s) AND indexname ~ '_like$'"


def our_tables():
    """Return the names of the tables of our models, without those that Django's user brings along."""
    tables = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if (settings.BASE_DIR / model.__module__.split(".")[0]).is_dir()
    }
    of_users = [User, User.groups.through, User.user_permissions.through]
    return sorted(tables - {model._meta.db_table for model in of_users})


@pytest.mark.parametrize("sql", [REPETITIONS, FOR_LIKE], ids=["repetitions", "for-like"])
def test_no_index_is_there_that_no_query_needs(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql, [our_tables()])

        assert cursor.fetchall() == []


# Columns of a foreign key that no index begins with. Postgres reads the whole table when the other row is deleted.
NOT_INDEXED = """
SELECT conrelid::regclass || '.' || attname FROM pg_constraint
JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
WHERE contype = 'f' AND conrelid::regclass::text = ANY (%s) AND NOT EXISTS (
    SELECT FROM pg_index WHERE indrelid = conrelid AND indkey[0] = ANY (conkey)
        AND (indpred IS NULL OR pg_get_expr(indpred, indrelid) = format('(%%I IS NOT NULL)', attname))
)
"""
# Few categories and reasons are ever deleted, and then these tables are read whole.
SELDOM_DELETED = {
    "votes_rank.category_id",
    "votes_reasontally.reason_id",
    "votes_voteday.reason_id",
}


def test_rows_that_refer_to_a_deleted_one_are_found_by_an_index():
    with connection.cursor() as cursor:
        cursor.execute(NOT_INDEXED, [our_tables()])

        assert {name for (name,) in cursor.fetchall()} == SELDOM_DELETED
