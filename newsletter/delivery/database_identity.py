"""The database identity, which distinguishes a restored copy from the database that sends issues.

Without it, a restored backup would mail everybody again. The system identifier and the timeline of a
PostgreSQL cluster change after `initdb` and after point-in-time recovery; the object ids of tables change
after `pg_restore`, even into the same database. A disk image that was put back unchanged has the same
identity as the original and cannot be detected.
"""

from django.db import connection

IDENTITY = """
SELECT concat_ws(':', (SELECT system_identifier FROM pg_control_system()),
    (SELECT timeline_id FROM pg_control_checkpoint()),
    (SELECT oid FROM pg_database WHERE datname = current_database()),
    'newsletter_delivery'::regclass::oid)
"""


def identity() -> str:
    with connection.cursor() as cursor:
        cursor.execute(IDENTITY)
        return cursor.fetchone()[0]
