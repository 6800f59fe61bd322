"""A process of ours that must not outlive us."""

import os
import signal
import subprocess
import time
from contextlib import suppress

from bin.local.places import ROOT
from bin.local.terminal import say, undisturbed

SECONDS_TO_STOP = 10
LONGEST_PAUSE = 10


class Service:
    """Runs while its context is entered; asked to stop as by Ctrl-C, and what is left of it killed."""

    def __init__(self, name, command, environment):
        self.name = name
        self.command = command
        self.environment = environment
        self.pause = 0

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        with undisturbed():
            self.stop()

    def start(self):
        # A session of its own: Ctrl-C in the terminal reaches only us, and we stop all in their order.
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.started = time.monotonic()

    def stop(self):
        self._signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(SECONDS_TO_STOP)
        self._signal(signal.SIGKILL)
        self.process.wait()

    def has_ended(self):
        return self.process.poll() is not None

    def restart_if_ended(self):
        """Start it again, later and later when it ends at once each time."""
        if not self.has_ended():
            return
        age = time.monotonic() - self.started
        if age < self.pause:
            return
        self.pause = 1 if age > LONGEST_PAUSE else min(self.pause * 2 or 1, LONGEST_PAUSE)
        self._signal(signal.SIGKILL)
        say(f"The {self.name} process ended ({self.process.returncode}); starting it again.")
        self.start()

    def _signal(self, number):
        # The whole group: the reloader of the web process has a child that serves.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)
