"""gunicorn behind a buffering proxy: it never waits for a slow client, so that few threads are enough."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

# Only the proxy on this machine reaches it, unless WEB_BIND says otherwise (docker-compose.yml).
bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 30
graceful_timeout = 20
keepalive = 75  # longer than nginx, so that nginx closes idle connections
# No header stands for SCRIPT_NAME or PATH_INFO, which gunicorn would accept from a proxy on this machine.
forwarder_headers = ""
# Its commands are signals here. The socket would be in the home folder, which the user of a service does not have.
control_socket_disable = True
# Workers are replaced from time to time, so that a slow leak does not add up; not all at the same time.
max_requests = 500_000  # minutes apart even under full load: a start costs seconds of a processor
max_requests_jitter = 50_000
worker_tmp_dir = "/dev/shm"  # noqa: S108 - in memory: the heartbeat must not wait for a disk
# As nginx's log: the decoded path, and nobody's address, browser, Referer or query.
access_log_format = '%(t)s "%(m)s %(U)s" %(s)s %(B)s %(D)s'
FORMATTERS = {
    "text": {
        "error": {
            "()": "web.logs.RedactingFormatter",
            "fmt": "%(asctime)s [%(process)d] [%(levelname)s] %(message)s",
        },
        "access": {"()": "web.logs.RedactingFormatter", "fmt": "%(message)s"},
    },
    "json": {
        "error": {"()": "web.json_logs.JsonFormatter"},
        "access": {"()": "web.json_logs.JsonAccessFormatter"},
    },
}
# gunicorn's own formatters write what they are given: secrets, and the line breaks of a decoded path.
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": FORMATTERS["text" if os.environ.get("LOG_FORMAT") == "text" else "json"],
    "handlers": {
        name: {"class": "logging.StreamHandler", "formatter": name, "stream": f"ext://sys.{stream}"}
        for name, stream in {"error": "stderr", "access": "stdout"}.items()
    },
    "root": {"level": "INFO", "handlers": []},
    "loggers": {
        f"gunicorn.{name}": {"level": "INFO", "handlers": [name], "propagate": False}
        for name in ["error", "access"]
    },
}

METRICS = "PROMETHEUS_MULTIPROC_DIR"  # where prometheus-client looks when it is imported


def on_starting(server: Any) -> None:
    """Make a folder in memory for what the processes count: each adds to its own files, and any can read all."""
    os.environ[METRICS] = tempfile.mkdtemp(prefix="ship-or-skip-", dir=worker_tmp_dir)


def child_exit(server: Any, worker: Any) -> None:
    from config.metrics.processes import retire_process  # noqa: PLC0415 - once METRICS is set

    retire_process(Path(os.environ[METRICS]), worker.pid)


def on_exit(server: Any) -> None:
    shutil.rmtree(os.environ[METRICS], ignore_errors=True)
