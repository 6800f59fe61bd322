"""gunicorn behind a buffering proxy: it never waits for a slow client, so that few threads are enough."""

import os
from typing import Any

from gunicorn.glogging import Logger

from web.logs import redact


class RedactingLogger(Logger):
    def atoms(self, *args: Any) -> dict[str, Any]:
        atoms = super().atoms(*args)
        return {
            name: redact(atom) if isinstance(atom, str) else atom for name, atom in atoms.items()
        }


bind = "0.0.0.0:8000"
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 30
graceful_timeout = 20
keepalive = 75  # longer than nginx, so that nginx closes idle connections
# Workers are replaced from time to time, so that a slow leak does not add up; not all at the same time.
max_requests = 20_000
max_requests_jitter = 2_000
accesslog = "-"
logger_class = RedactingLogger
worker_tmp_dir = "/dev/shm"  # noqa: S108 - in memory: the heartbeat must not wait for a disk
