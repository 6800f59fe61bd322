"""Other plans than Postgres would choose, and another order of the rows, to show that no answer depends on them."""

from contextlib import contextmanager

from django.apps import apps
from django.db import connection

# What the planner has to do without.
PLANS = {
    "only nested loops": ["hashjoin", "mergejoin", "material", "memoize"],
    "only merge joins": ["nestloop", "hashjoin"],
    "no index": ["indexscan", "indexonlyscan", "bitmapscan"],
    "no hash for groups": ["hashagg"],
    "no sort": ["sort", "incremental_sort"],
}


@contextmanager
def planned_without(nodes):
    """Within a transaction: the planner does without `nodes`, if it can."""
    with connection.cursor() as cursor:
        for node in nodes:
            cursor.execute(f"SET LOCAL enable_{node} = off")
        yield
        for node in nodes:
            cursor.execute(f"SET LOCAL enable_{node} = on")


def reverse_rows():
    """Store the rows of each of our tables in the opposite order of their primary keys, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for model in apps.get_models(include_auto_created=True):
            if model._meta.managed:
                table, key = map(
                    connection.ops.quote_name, [model._meta.db_table, model._meta.pk.column]
                )
                cursor.execute(f"CREATE INDEX newest_first ON {table} ({key} DESC)")
                cursor.execute(f"CLUSTER {table} USING newest_first")
                cursor.execute("DROP INDEX newest_first")
