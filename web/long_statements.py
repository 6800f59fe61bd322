from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

LONGEST = "10min"


@contextmanager
def long_statements() -> Iterator[None]:
    """Run the block in a transaction whose statements may take LONGEST, instead of STATEMENT_TIMEOUT."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{LONGEST}'")
        yield
