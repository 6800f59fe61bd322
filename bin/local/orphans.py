"""Processes that outlive a bin/dev that was killed: the next start ends them.

Each process is recorded when it starts, with its number and its start time. A process that has the number but
another start time is another program, and left alone. Only the standard library: nothing may be installed yet.
"""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from bin.local.places import LOCAL
from bin.local.terminal import say

RECORD = LOCAL / "dev.processes"
SECONDS_TO_STOP = 10
PROC = Path("/proc")
BOOT_ID = PROC / "sys/kernel/random/boot_id"


def record(pid: int, file: Path = RECORD) -> None:
    """Add the process, which leads a process group of its own."""
    with file.open("a") as lines:
        lines.write(f"{pid} {start_time(pid)}\n")


def end_orphans(file: Path = RECORD) -> None:
    """End the recorded processes that still run, with their process groups, and forget all."""
    if not file.exists():
        return
    for line in file.read_text().splitlines():
        number, _, started = line.partition(" ")
        if number.isdecimal() and started and start_time(int(number)) == started:
            say(f"Ending process {number}, which an earlier bin/dev left behind.")
            _end(int(number), started)
    file.unlink()


def start_time(pid: int) -> str:
    """Return when the process started, which no other process with this number shares; "" if none runs."""
    if not PROC.is_dir():
        return _start_time_by_ps(pid)
    try:
        stat = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return ""
    # The name, in parentheses, may contain anything. After it: the state, …, the ticks since the boot (proc(5)).
    state, *fields = stat.rpartition(")")[2].split()
    return "" if state == "Z" else f"{fields[18]} {BOOT_ID.read_text().strip()}"


def _start_time_by_ps(pid: int) -> str:
    """For macOS."""
    found = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return found.stdout.strip()


def _end(pid: int, started: str) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGINT)
        deadline = time.monotonic() + SECONDS_TO_STOP
        while start_time(pid) == started and time.monotonic() < deadline:
            time.sleep(0.05)
        # Whatever of its group has not stopped.
        os.killpg(pid, signal.SIGKILL)
