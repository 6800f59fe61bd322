"""The processes that are measured: gunicorn and the worker of a site, and gunicorn with the constant view."""

import json
import os
import secrets
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from bin.local.bench.http_requests import SITE_URL, Browser, Request
from bin.local.installation import PYTHON
from bin.local.places import ROOT
from bin.local.port import HOST, free_port
from bin.local.terminal import Problem

HERE = Path(__file__).parent
# No vote is held or refused, and no search: what is measured is what an honest reader gets.
NO_RULES = {
    name: str(10**9)
    for name in [
        "VOTE_LIMIT_READER_AT_ONCE",
        "VOTE_LIMIT_NETWORK_AT_ONCE",
        "VOTE_PACE_AT_ONCE",
        "VOTE_NEW_READERS_PER_HOUR",
        "VOTE_NETWORK_CAP",
        "VOTE_BURST_FLOOR",
        "READ_LIMIT_NETWORK_AT_ONCE",
    ]
}


@dataclass(frozen=True)
class Web:
    """A gunicorn that answers on `port`."""

    port: int
    process: subprocess.Popen[bytes]

    def memory(self) -> float:
        """MB of its largest web process."""
        children = psutil.Process(self.process.pid).children()
        return max(child.memory_info().rss for child in children) / 1e6

    def cpu(self) -> float:
        return cpu_of(psutil.Process(self.process.pid))


class Site:
    """The code in `root` in production settings, with the database at `url`."""

    def __init__(self, root: Path, url: str, folder: Path) -> None:
        self.root = root
        self._log = folder / "site.log"
        self._environment = os.environ | {
            "DEBUG": "off",
            "DATABASE_URL": url,
            "SECRET_KEY": secrets.token_urlsafe(48),
            "ALLOWED_HOSTS": HOST,
            "SITE_URL": SITE_URL,
            "MAIL_URL": f"smtp+plain://{HOST}:1",
            "TRUSTED_PROXY_HOPS": "1",
            "STATIC_ROOT": str(folder / "static"),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": str(root),
            **NO_RULES,
        }

    def collect_static(self) -> None:
        self._python("manage.py", "collectstatic", "--no-input", "--verbosity=0")

    def sample(self) -> dict[str, Any]:
        """What there is to ask it for: see `site_sample`."""
        sample: dict[str, Any] = json.loads(self._python("-P", str(HERE / "site_sample.py")))
        return sample

    @contextmanager
    def web(self) -> Iterator[Web]:
        with gunicorn("config.wsgi", self.root, self._environment, self._log) as web:
            yield web

    def worker_memory(self) -> float:
        """MB of a worker that has waited for some seconds."""
        command = [str(PYTHON), "manage.py", "procrastinate", "worker"]
        with running(command, self.root, self._environment, self._log) as process:
            time.sleep(5)
            return float(psutil.Process(process.pid).memory_info().rss / 1e6)

    def _python(self, *arguments: str) -> str:
        command = [str(PYTHON), *arguments]
        done = subprocess.run(
            command, cwd=self.root, env=self._environment, capture_output=True, text=True
        )
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["there was no output"])[-1]
            raise Problem(f"{' '.join(arguments[:2])} failed in {self.root}: {reason}")
        return done.stdout


def cpu_of(process: psutil.Process) -> float:
    """Return the seconds of processor time of `process` and its children so far, ended ones included."""
    times = process.cpu_times()
    total = times.user + times.system + times.children_user + times.children_system
    for child in process.children():
        with suppress(psutil.NoSuchProcess):
            of_child = child.cpu_times()
            total += of_child.user + of_child.system
    return float(total)


@contextmanager
def constant_view(folder: Path) -> Iterator[Web]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    log = folder / "constant.log"
    log.unlink(missing_ok=True)
    with gunicorn("bin.local.bench.constant_site", ROOT, environment, log) as web:
        yield web


@contextmanager
def gunicorn(
    application: str, root: Path, environment: Mapping[str, str], log: Path
) -> Iterator[Web]:
    """Run `application` with the configuration of production, but for the port.

    Workers are not replaced after a number of requests, which wrk sends within seconds.
    """
    port = free_port()
    flags = ["--config", "deploy/gunicorn.conf.py", "--bind", f"{HOST}:{port}"]
    flags += ["--max-requests", "0", "--no-control-socket"]
    command = [str(PYTHON), "-m", "gunicorn", *flags, application]
    with running(command, root, environment, log) as process:
        wait_for_answer(port, process, log)
        yield Web(port, process)


@contextmanager
def running(
    command: list[str], root: Path, environment: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C reaches bin/bench, which stops all in order
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for_answer(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        browser = Browser(port)
        with suppress(OSError):
            browser.send(Request("/healthz/"))
            return
        browser.close()
        time.sleep(0.1)
    lines = log.read_text(errors="replace").strip().splitlines()
    raise Problem(f"A process does not start: {lines[-1] if lines else 'it printed nothing'}")
