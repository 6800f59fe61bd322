"""What systemd does with the shipped units, for tests on a machine that systemd did not start: sockets and services."""

import os
import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path

UNITS = Path(__file__).resolve().parents[2] / "deploy" / "systemd"
SECONDS_TO_STOP = 60
# Services find their sockets from descriptor 3 on, and a variable with their own process id.
PASS_SOCKETS = """
import fcntl, os, sys
*sockets, command = sys.argv[1:]
given = [fcntl.fcntl(int(each), fcntl.F_DUPFD, 100) for each in sockets]
for number, each in enumerate(given, 3):
    os.dup2(each, number)
if sockets:
    os.environ |= {"LISTEN_FDS": str(len(sockets)), "LISTEN_PID": str(os.getpid())}
arguments = command.split()
os.execv(arguments[0], arguments)
"""


class Systemd:
    """Called as systemctl: systemd("restart", "ship-or-skip-web@main.service")."""

    def __init__(self, folder, environment, sockets, log):
        self.folder, self.environment, self.sockets, self.log = folder, environment, sockets, log
        self.shared = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self.port = self.shared.getsockname()[1]
        self.own_sockets, self.services = {}, {}

    def __call__(self, verb, *units):
        for unit in units:
            getattr(self, verb)(unit)

    def start(self, unit):
        if unit.endswith(".socket"):
            self.open(unit)
        elif unit not in self.services:
            self.services[unit] = self.run(unit)

    def stop(self, unit):
        if unit.endswith(".socket"):
            self.own_sockets.pop(unit).close()
            self.path(unit).unlink()
        elif unit in self.services:
            service = self.services.pop(unit)
            service.terminate()
            service.wait(SECONDS_TO_STOP)

    def restart(self, unit):
        self.stop(unit)
        self.start(unit)

    def stop_all(self):
        for unit in [*self.services]:
            self.stop(unit)
        for own in [self.shared, *self.own_sockets.values()]:
            own.close()

    def open(self, unit):
        if unit not in self.own_sockets:
            self.own_sockets[unit] = own = socket.socket(socket.AF_UNIX)
            own.bind(str(self.path(unit)))
            own.listen()

    def path(self, unit):
        return self.sockets / f"{re.search(r'@(.+)[.]socket', unit)[1]}.sock"

    def run(self, unit):
        options = self.options(unit)
        sockets = []
        for name in options.get("Sockets", "").split():
            if "@" in name:
                self.open(name)
            sockets.append(self.own_sockets.get(name, self.shared).fileno())
        program, arguments = options["ExecStart"].split(" ", 1)
        # The script may be of a virtual environment that was moved.
        program = f"{Path(program).parent}/python" + (
            " -m gunicorn" if program.endswith("/gunicorn") else ""
        )
        return subprocess.Popen(
            [sys.executable, "-c", PASS_SOCKETS, *map(str, sockets), f"{program} {arguments}"],
            cwd=options["WorkingDirectory"],
            env=self.settings(),
            pass_fds=sockets,
            stdout=self.log,
            stderr=self.log,
        )

    def options(self, unit):
        """The options of a service; of one that is set several times, the last value."""
        text = (UNITS / re.sub("@.*[.]", "@.", unit)).read_text()
        instance = unit.partition("@")[2].removesuffix(".service")
        text = text.replace("/srv/ship-or-skip", str(self.folder)).replace("%i", instance)
        return dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))

    def settings(self):
        lines = self.environment.read_text().splitlines()
        given = dict(shlex.split(line)[0].split("=", 1) for line in lines if line)
        return {"PATH": os.environ["PATH"]} | given
