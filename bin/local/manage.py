"""bin/manage: Django's command line, with the local database started for the duration of the command."""

import os
import signal
import subprocess
import sys
from types import FrameType

from bin.local import terminal
from bin.local.installation import PYTHON
from bin.local.places import LOCAL, ROOT
from bin.local.postgres import postgres
from bin.local.terminal import undisturbed


def main() -> int:
    command = [str(PYTHON), str(ROOT / "manage.py"), *sys.argv[1:]]
    environment = os.environ | {"DEBUG": os.environ.get("DEBUG") or "on"}
    if environment.get("DATABASE_URL"):
        return run_in_foreground(command, environment)
    with postgres(LOCAL / "postgres") as url:
        return run_in_foreground(command, environment | {"DATABASE_URL": url})


def run_in_foreground(command: list[str], environment: dict[str, str]) -> int:
    """Return its exit code as a shell would. The terminal sends it Ctrl-C, and this process other signals."""
    children: list[subprocess.Popen[bytes]] = []

    def pass_on(number: int, frame: FrameType | None) -> None:
        if number != signal.SIGINT:
            for child in children:
                child.send_signal(number)

    with undisturbed(pass_on):
        children.append(subprocess.Popen(command, env=environment))
        code = children[0].wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    terminal.run("bin/manage", main)
