"""Votes beside the pages that are measured, and pgbench with the statements of a vote."""

import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPException
from itertools import cycle
from pathlib import Path
from threading import Event, Thread

import psycopg

from bin.local.bench.http_requests import CONNECTIONS, Browser
from bin.local.bench.measuring import Subject
from bin.local.postgres_server import find_programs
from bin.local.terminal import Problem, say

VOTERS = 4
READERS = 2000  # as `site_sample` makes them


@contextmanager
def voting(subject: Subject, rate: int) -> Iterator[None]:
    """Cast `rate` votes a second on tools that no measured page shows, and say how many it were."""
    stopped, cast = Event(), [0] * VOTERS
    started = time.monotonic()
    threads = [
        Thread(target=_vote, args=(subject, n, rate / VOTERS, stopped, cast)) for n in range(VOTERS)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopped.set()
        for thread in threads:
            thread.join()
        say(f"Meanwhile {sum(cast) / (time.monotonic() - started):.0f} votes a second.")


def _vote(subject: Subject, n: int, rate: float, stopped: Event, cast: list[int]) -> None:
    requests = cycle(subject.cases["vote"].hot[n::VOTERS])
    due = time.monotonic()
    while not stopped.is_set():
        with closing(Browser(subject.web.port)) as browser, suppress(OSError, HTTPException):
            while not stopped.wait(max(due - time.monotonic(), 0)):
                cast[n] += browser.send(next(requests)).status == 303
                due = max(due + 1 / rate, time.monotonic() - 1)


def pgbench(subject: Subject, folder: Path, *, is_hot: bool, seconds: int) -> float:
    """Return the votes per second of pgbench on as many connections, by the statements of one vote."""
    with psycopg.connect(subject.url) as connection:
        row = connection.execute("SELECT min(id), max(id) FROM tools_tool").fetchone()
    first, last = row or (1, 1)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(f"\\set t random({first}, {first if is_hot else last})\n")
        script.write(f"\\set r random({10**10}, {10**10 + READERS - 1})\n")
        script.write(subject.statements)
        script.flush()
        Path(script.name).chmod(0o644)
        flags = ["-n", "-c", str(CONNECTIONS), "-j", "2", "-T", str(seconds), "-f", script.name]
        command = [str(find_programs() / "pgbench"), *flags, subject.url]
        done = subprocess.run(command, capture_output=True, text=True)
    if found := re.search(r"tps = ([\d.]+)", done.stdout):
        return float(found[1])
    raise Problem(f"pgbench failed: {(done.stderr.strip().splitlines() or ['no output'])[-1]}")
