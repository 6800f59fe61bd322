"""What follows a test with `transaction=True`: only the tables that have rows are emptied.

Django's own flush truncates every table and makes content types and permissions again, which took a fifth of a
second each time; so does a TRUNCATE of the written tables alone, because each needs new files.
"""

from django.db import connection, transaction

from votes.first_reasons import add_first_reasons

# What `migrate` fills, and a test leaves as it is.
KEPT = {
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "auth_group",
    "auth_group_permissions",
}


def empty_tables(test_case: object = None) -> None:
    tables = connection.introspection.django_table_names(only_existing=True)
    names = [connection.ops.quote_name(table) for table in tables if table not in KEPT]
    has_rows = " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in names
    )
    with transaction.atomic(), connection.cursor() as cursor:
        # No foreign key and no rule against deleting applies meanwhile, whatever the order of the tables.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(has_rows)
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {name}")
    add_first_reasons(using=connection.alias)  # as `flush` does, by the signal post_migrate
