"""Which database this is, so that a copy that was restored does not mail everybody again.

A cluster's identifier and timeline are new after `initdb` and after a recovery to a point in time; the
tables' object ids are new after `pg_restore`, also into the same database. A disk that was put back as it
was cannot be told from the original by anything that is on it.
"""

from django.db import connection

IDENTITY = """
SELECT concat_ws(':', (SELECT system_identifier FROM pg_control_system()),
    (SELECT timeline_id FROM pg_control_checkpoint()),
    (SELECT oid FROM pg_database WHERE datname = current_database()),
    'newsletter_delivery'::regclass::oid)
"""


def identity():
    with connection.cursor() as cursor:
        cursor.execute(IDENTITY)
        return cursor.fetchone()[0]
