"""The catalogue of the test database."""

from django.db import connection


def empty_the_database():
    tables = ", ".join(
        table
        for table in connection.introspection.table_names()
        if table.startswith(("tools_", "reviews_"))
    )
    connection.check_constraints()  # nothing may be pending on a table that is emptied
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} CASCADE")
