"""The site behind a real gunicorn, for tests that need more than one process."""

import http.client
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

from bin.local.port import free_port
from tests.votes.own_server import ROOT


@contextmanager
def gunicorn(environment, app="config.wsgi"):
    """Start 2 workers with 8 threads each on a free port of this machine, and yield the port."""
    port = free_port()
    program = "import django; django.setup(); from gunicorn.app.wsgiapp import run; run()"
    flags = ["--workers", "2", "--threads", "8", "--keep-alive", "30", "--no-control-socket"]
    command = [sys.executable, "-c", program, *flags, "--bind", f"127.0.0.1:{port}", app]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(15)


def _wait_for(port):
    given_up = time.monotonic() + 20
    while time.monotonic() < given_up:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        with suppress(OSError):
            connection.request("GET", "/healthz/")
            connection.getresponse().read()
            connection.close()
            return
        connection.close()
        time.sleep(0.1)
    raise TimeoutError(f"No answer on port {port}.")
