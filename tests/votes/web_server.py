"""The site behind a real gunicorn, for tests that need more than one process."""

import subprocess
import sys
from contextlib import contextmanager

from bin.local.port import free_port
from tests.votes.own_server import ROOT
from tests.waiting import GIVE_UP_AFTER, answers, wait_until


@contextmanager
def gunicorn(environment, app="config.wsgi"):
    """Start 2 workers with 8 threads each on a free port of this machine, and yield the port."""
    port = free_port()
    program = "import django; django.setup(); from gunicorn.app.wsgiapp import run; run()"
    flags = ["--workers", "2", "--threads", "8", "--keep-alive", "30", "--no-control-socket"]
    command = [sys.executable, "-c", program, *flags, "--bind", f"127.0.0.1:{port}", app]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        wait_until(lambda: answers(port))
        yield port
    finally:
        process.terminate()
        process.wait(GIVE_UP_AFTER)
