"""gunicorn behind a buffering proxy: it never waits for a slow client, so a few threads go far."""

import os

from gunicorn.glogging import Logger

from web.logs import redact


class DiscreetLogger(Logger):
    def atoms(self, *args):
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
keepalive = 75  # longer than nginx keeps its side, so that it is nginx who closes
# A worker is replaced now and then, so that no slow leak adds up; not all at the same time.
max_requests = 20_000
max_requests_jitter = 2_000
accesslog = "-"
logger_class = DiscreetLogger
worker_tmp_dir = "/dev/shm"  # noqa: S108 - memory: a heartbeat must not wait for a disk
