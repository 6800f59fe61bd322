"""Processes that are started again when they end, as systemd does by the units in deploy/systemd."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import psutil

from bin.local.places import ROOT

CHECK_INTERVAL = 0.1  # seconds


class Supervised:
    """A process that is started again `pause` seconds after it ended (RestartSec), with all that it left killed."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], log: Path, pause: float
    ) -> None:
        self.command, self.environment, self.log, self.pause = command, environment, log, pause
        self.exit_codes: list[int] = []
        self._stopped = Event()
        self._thread = Thread(target=self._watch)

    def start(self) -> None:
        self._run()
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()
        self.send(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self._kill_group()

    def send(self, number: int) -> None:
        """Send a signal to the main process."""
        with suppress(ProcessLookupError):
            self.process.send_signal(number)

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()

    def _run(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def _watch(self) -> None:
        while not self._stopped.wait(CHECK_INTERVAL):
            if (code := self.process.poll()) is None:
                continue
            self.exit_codes.append(code)
            self._kill_group()
            time.sleep(self.pause)
            if not self._stopped.is_set():
                self._run()

    def _kill_group(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
