"""A child process that does not outlive its parent."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from bin.local.places import ROOT
from bin.local.terminal import say, undisturbed

SECONDS_TO_STOP = 10
LONGEST_PAUSE = 10


type Command = Sequence[str | Path]


class Service:
    """A process that runs within a `with` block. At the end it is interrupted, and killed if it does not stop."""

    def __init__(
        self,
        name: str,
        command: Command,
        environment: dict[str, str],
        *,
        started: Callable[[int], None] | None = None,
    ) -> None:
        """`started` is called with the number of each process."""
        self.name = name
        self.command = command
        self.environment = environment
        self.record_start = started
        self.pause = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        with undisturbed():
            self.stop()

    def start(self) -> None:
        # A session of its own: Ctrl-C in the terminal reaches only the parent, which stops all in order.
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        if self.record_start:
            self.record_start(self.process.pid)
        self.started = time.monotonic()

    def stop(self) -> None:
        self._signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(SECONDS_TO_STOP)
        self._signal(signal.SIGKILL)
        self.process.wait()

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def restart_if_ended(self) -> None:
        """Restart it, after growing pauses if it ends at once each time."""
        if not self.has_ended():
            return
        age = time.monotonic() - self.started
        if age < self.pause:
            return
        self.pause = 1 if age > LONGEST_PAUSE else min(self.pause * 2 or 1, LONGEST_PAUSE)
        self._signal(signal.SIGKILL)
        say(f"The {self.name} process ended ({self.process.returncode}). Restarting it.")
        self.start()

    def _signal(self, number: int) -> None:
        # The whole group: the reloader of the web process has a child that serves.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)
