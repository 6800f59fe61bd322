"""What is stored: what a request changed of it, and putting that back, so that each request meets the same site."""

from django.core.cache import caches
from django.db import connection, transaction

# A refused request may write these: what it used of a limit, the log of sign-ins, and when a session was used.
COUNTED = {"accounts_ratelimit", "accounts_signinevent", "django_session"}

COLUMNS = """
SELECT table_name, string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)
FROM information_schema.columns
WHERE table_schema = 'public' AND is_generated = 'NEVER'
    AND table_name IN (SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace)
GROUP BY table_name
"""


class StoredRows:
    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(COLUMNS)
            self.columns = dict(cursor.fetchall())
            cursor.execute("CREATE SCHEMA before_crawl")
            for table in self.columns:
                cursor.execute(
                    f'CREATE TABLE before_crawl."{table}" AS SELECT * FROM public."{table}"'
                )
        self.query = " UNION ALL ".join(
            f"SELECT '{table}', md5(string_agg(row::text, '|' ORDER BY row::text)) FROM public.\"{table}\" AS row"
            for table in self.columns
        )
        self.first = self._checksums()

    def changed(self) -> set[str]:
        """Return the tables that hold something else than at first."""
        return {
            table for table, checksum in self._checksums().items() if checksum != self.first[table]
        }

    def restore(self, tables: set[str]) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            # No foreign key and no trigger applies meanwhile, whatever the order of the tables.
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table in tables:
                names = self.columns[table]
                cursor.execute(f'DELETE FROM public."{table}"')
                cursor.execute(
                    f'INSERT INTO public."{table}" ({names}) SELECT {names} FROM before_crawl."{table}"'
                )
        # The same versions may name other pages now.
        for cache in caches.all(initialized_only=True):
            cache.clear()

    def forget(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA before_crawl CASCADE")

    def _checksums(self) -> dict[str, str]:
        with connection.cursor() as cursor:
            cursor.execute(self.query)
            return dict(cursor.fetchall())
