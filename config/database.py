"""The entries of DATABASES: pools, settings of sessions, and what a pooler in front of Postgres needs."""

from collections.abc import Mapping
from typing import Any

from web.postgres import LimitedConnection, pool_options

# A machine that is gone is noticed after some 10 seconds; one that cannot be connected to after 2.
# An address in DATABASE_URL may say otherwise: ?connect_timeout=5.
NETWORK_LIMITS = {
    "connect_timeout": 2,
    "tcp_user_timeout": 10_000,  # milliseconds
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
# The settings of a session in the server. A slow statement, a lock or an idle transaction must not delay readers.
# Searches and lists rank some hundred of the rows that match, the first in the table. With synchronised scans Postgres
# would begin to read a large table where the last reader ended, and each request would rank other ones.
SESSION_SETTINGS = {
    "statement_timeout": "10s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "60s",
    "synchronize_seqscans": "off",
}


def database(
    parsed: Mapping[str, Any],
    *,
    session_settings: Mapping[str, str],
    pooler: str,
    pool_size: int,
    pool_timeout: float = 5,
    connection_class: type[LimitedConnection] = LimitedConnection,
) -> dict[str, Any]:
    """Return the entry for the parsed address of a database.

    With `pooler` "transaction", two statements of one connection may run in two sessions of the server:
    `session_settings` are then settings of the role (`manage.py limit_role`), and no cursor outlives its transaction.
    """
    options = NETWORK_LIMITS | parsed.get("OPTIONS", {})
    options["pool"] = pool_options(
        max_size=pool_size, timeout=pool_timeout, connection_class=connection_class
    )
    if not pooler:
        options["options"] = " ".join(
            f"-c {name}={value}" for name, value in session_settings.items()
        )
    return {
        **parsed,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": bool(pooler),
        "OPTIONS": options,
    }
