"""bin/manage: the command ends as it would by itself, and what stops bin/manage stops it too."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN = "import os, sys; from bin.local.manage import run_in_foreground as run; sys.exit(run(sys.argv[1:], dict(os.environ)))"
WAIT = "import time; print('waits', flush=True); time.sleep(60)"
CATCH = """
import signal, sys, time
signal.signal(signal.SIGINT, lambda *_: sys.exit(7))
print('waits', flush=True)
time.sleep(60)
"""


def start(code):
    """Run Python code as bin/manage runs manage.py, in a process group of its own as a terminal has."""
    command = [sys.executable, "-c", RUN, sys.executable, "-c", code]
    pipes = {"stdout": subprocess.PIPE, "stdin": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True, **pipes)


@pytest.mark.parametrize(
    "code, expected",
    [
        ("", 0),
        ("raise SystemExit(3)", 3),
        ("import os; os.kill(os.getpid(), 9)", 137),
        ("assert input() == 'typed'", 0),
    ],
)
def test_it_reads_and_ends_as_the_command_does(code, expected):
    with start(code) as process:
        process.communicate("typed\n", timeout=30)

    assert process.returncode == expected


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_passed_on(number):
    with start(WAIT) as process:
        assert process.stdout.readline() == "waits\n"
        process.send_signal(number)

        assert process.wait(30) == 128 + number


def test_ctrl_c_is_the_commands_to_handle():
    with start(CATCH) as process:
        assert process.stdout.readline() == "waits\n"
        os.killpg(process.pid, signal.SIGINT)

        assert process.wait(30) == 7
