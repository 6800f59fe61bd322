"""What bin/dev says when it cannot start: one line, what is wrong and what to do."""

import fcntl
import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from bin.local.port import free_port

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def clone(tmp_path):
    """A folder with the programs alone, in which nothing is installed."""
    shutil.copytree(ROOT / "bin", tmp_path / "my clone" / "bin")
    return tmp_path / "my clone"


@pytest.fixture
def old_python(tmp_path):
    """A PATH whose every Python is too old, or a shim that runs none."""
    folder = tmp_path / "path"
    folder.mkdir()
    for name in ["python3", "python3.12", "python3.13", "python3.14"]:
        (folder / name).write_text("#!/bin/sh\necho not here >&2\nexit 127\n")
        (folder / name).chmod(0o755)
    (folder / "dirname").symlink_to(shutil.which("dirname"))
    return str(folder)


def dev(clone, program="dev", **environment):
    """Run it from another folder; return (exit code, the lines that it said)."""
    done = subprocess.run(
        ["/bin/sh", clone / "bin" / program],
        env={"PATH": os.environ["PATH"], "HOME": str(clone), **environment},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, (done.stdout + done.stderr).splitlines()


def test_no_python_that_is_new_enough(clone, old_python):
    code, lines = dev(clone, PATH=old_python)

    assert code == 1
    assert len(lines) == 1
    assert lines[0].startswith("Python 3.12 or newer, with its venv module, was not found")


def test_a_python_that_only_pyenv_knows_is_found(clone, old_python, tmp_path):
    """What is found there says its own name, for want of a real installation."""
    folder = tmp_path / "pyenv" / "versions" / "3.13.0" / "bin"
    folder.mkdir(parents=True)
    (folder / "python").write_text('#!/bin/sh\n[ "$1" = -c ] || echo "$0 $*"\n')
    (folder / "python").chmod(0o755)

    expected = (0, [f"{folder}/python -m bin.local.dev"])
    assert dev(clone, PATH=old_python, PYENV_ROOT=str(tmp_path / "pyenv")) == expected
    assert dev(clone, PATH=f"{old_python}:{tmp_path}/pyenv/shims") == expected


def test_a_taken_port_is_found_before_anything_is_installed(clone):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        code, lines = dev(clone, PORT=str(port))

    assert code == 1
    assert lines == [
        f"bin/dev: Another program uses port {port}: stop it, or choose another port, such as "
        f"PORT={port + 1} bin/dev."
    ]
    assert not (clone / ".venv").exists()


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "²"])
def test_a_port_that_is_none(clone, port):
    code, lines = dev(clone, PORT=port)

    assert code == 1
    assert len(lines) == 1
    assert lines[0].startswith(f'bin/dev: PORT is "{port}"')


@pytest.mark.parametrize("program", ["dev", "test"])
def test_a_second_one_in_the_same_clone(clone, program):
    (clone / ".local").mkdir()
    with (clone / ".local" / f"{program}.lock").open("w") as lock:
        lock.write("4711")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)

        code, lines = dev(clone, program, PORT=str(free_port()))

    assert code == 1
    assert lines == [
        f"bin/{program}: it is already running in {clone} (process 4711): "
        "use that one, or stop it with Ctrl-C first."
    ]


def test_a_download_that_fails(clone):
    shutil.copy(ROOT / "requirements-local.txt", clone)

    nowhere = {"PIP_INDEX_URL": f"http://127.0.0.1:{free_port()!s}/", "PIP_CONFIG_FILE": os.devnull}

    code, lines = dev(clone, PORT=str(free_port()), PIP_RETRIES="0", **nowhere)

    assert code == 1
    assert "a download failed: check the network" in lines[-1]
    assert not any(line.startswith("Traceback") for line in lines)


def test_manage_before_anything_is_installed(clone):
    code, lines = dev(clone, "manage", DEBUG="")

    assert (code, lines) == (
        1,
        ["bin/manage: nothing is installed yet: run bin/dev or bin/test once."],
    )
