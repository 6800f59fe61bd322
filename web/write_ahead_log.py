from django.db import connection


def wait_for_disk() -> str:
    """Wait until everything committed until now is on disk, and return a position in the log after it ("0/16B3748").

    For a transaction that holds a row which many want: it commits with `synchronous_commit` off, so that the
    next one has the row at once, and waits here. The message is a transaction of its own, which waits for
    the log up to its end; nothing reads it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_logical_emit_message(true, 'wait_for_disk', '')::text")
        ((position,),) = cursor.fetchall()
    return str(position)
