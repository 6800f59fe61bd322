"""Each index costs every write of its table, so none is there that no query needs."""

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
