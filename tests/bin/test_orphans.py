"""A bin/dev that was killed leaves processes behind. The next one ends them, and nothing else."""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from bin.local import orphans
from bin.local.orphans import end_orphans, record, start_time
from bin.local.port import free_port
from tests.waiting import GIVE_UP_AFTER, wait_until

IGNORES_CTRL_C = (
    "import signal, time; signal.signal(2, signal.SIG_IGN); print(flush=True); time.sleep(60)"
)


@pytest.fixture
def start():
    """Start a program that sleeps, in a process group of its own; kill those that are left."""
    started = []

    def start(code="import time; print(flush=True); time.sleep(60)"):
        command = [sys.executable, "-c", code]
        process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE)
        process.stdout.readline()
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def file(tmp_path):
    return tmp_path / "processes"


def test_what_was_left_behind_is_ended(start, file, capsys):
    left = start()
    record(left.pid, file)

    end_orphans(file)

    assert left.wait(GIVE_UP_AFTER) == -signal.SIGINT or left.returncode == 1
    assert (
        f"Ending process {left.pid}, which an earlier bin/dev left behind."
        in capsys.readouterr().out
    )
    assert not file.exists()


def test_what_does_not_stop_is_killed(start, file, monkeypatch):
    monkeypatch.setattr(orphans, "SECONDS_TO_STOP", 0.2)
    left = start(IGNORES_CTRL_C)
    record(left.pid, file)

    end_orphans(file)

    assert left.wait(GIVE_UP_AFTER) == -signal.SIGKILL


def test_another_program_that_has_the_number_now_is_left_alone(start, file):
    other = start()
    file.write_text(f"{other.pid} 1{start_time(other.pid)}\n{other.pid} \n\nnonsense\n")

    end_orphans(file)

    with pytest.raises(subprocess.TimeoutExpired):
        other.wait(0.5)
    assert not file.exists()


def test_the_start_time_is_that_of_the_process(start):
    first = start()
    time.sleep(0.05)  # the kernel counts in steps of 10 ms
    second = start()

    assert start_time(first.pid) == start_time(first.pid) != start_time(second.pid)
    second.kill()  # it has ended, although nobody has waited for it
    wait_until(lambda: start_time(second.pid) == "")


def test_nothing_was_recorded(file):
    end_orphans(file)


# The programs themselves


@pytest.fixture
def clone():
    """A clone with a database of its own, which shares the installed packages."""
    # Not in tmp_path, which the system user of Postgres cannot enter.
    place = Path(tempfile.mkdtemp(prefix="clone-"))
    place.chmod(0o755)
    folder = place / "clone"
    ignored = shutil.ignore_patterns(
        ".git", ".venv", ".local", ".staticfiles", "__pycache__", "tests"
    )
    shutil.copytree(settings.BASE_DIR, folder, ignore=ignored)
    (folder / ".venv").symlink_to(settings.BASE_DIR / ".venv")
    yield folder
    shutil.rmtree(place)


def run_dev(clone, port):
    environment = {"PATH": os.environ["PATH"], "HOME": str(clone), "PORT": str(port)}
    with (clone / "output").open("a") as output:
        return subprocess.Popen(
            [clone / "bin" / "dev"], env=environment, stdout=output, stderr=output, cwd="/"
        )


def wait_until_ready(clone, dev, times):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        said = (clone / "output").read_text()
        if said.count("Ready.") == times:
            return
        assert dev.poll() is None, said
        time.sleep(0.1)
    raise AssertionError(said)


def processes_of(clone):
    """Return {process number: its command} of all that run in the clone."""
    found = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            command = " ".join(process.cmdline())
            if str(clone) in f"{process.cwd()} {command}":
                found[process.pid] = command
    return found


def answers(port):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", "/healthz/")
        return connection.getresponse().status == 200


def test_after_a_kill_the_next_start_serves_one_site_and_leaves_no_orphan(clone):
    port = free_port()
    first = run_dev(clone, port)
    try:
        wait_until_ready(clone, first, times=1)
        first.kill()
        first.wait()
        left = processes_of(clone)
        assert any("runserver" in command for command in left.values())

        second = run_dev(clone, port)
        try:
            wait_until_ready(clone, second, times=2)
            assert answers(port)
            running = processes_of(clone)
        finally:
            second.send_signal(signal.SIGINT)
            second.wait(60)
        still = {pid for pid in left if pid in running and "postgres" not in left[pid]}
        assert still == set()
        # The reloader and its child that serves.
        assert sum("runserver" in command for command in running.values()) == 2
        assert processes_of(clone) == {}
    finally:
        for pid in processes_of(clone):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
