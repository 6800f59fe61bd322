"""The virtual environment: created once, and updated only when the requirements change."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from bin.local.places import LOCAL, ROOT, VENV, one_at_a_time
from bin.local.terminal import Problem, step

PYTHON = VENV / "bin" / "python"
# Contains a copy of every requirements file that is installed. Created last: see find_python.sh.
INSTALLED = VENV / "installed"
LOG = LOCAL / "install.log"
# The smaller file is a subset of the larger: bin/compile-requirements resolves them together.
PARTS = {
    "requirements-test.txt": ["requirements-test.txt", "requirements-local.txt"],
    "requirements-local.txt": ["requirements-local.txt"],
}


def install(requirements: str) -> None:
    """Install the packages that the file of this name pins, unless they are installed."""
    if _is_installed(requirements):
        return
    with one_at_a_time("install"):
        if _is_installed(requirements):
            return
        if not INSTALLED.exists() and not _has_pip():
            with step("Creating the virtual environment in .venv"):
                _make_environment()
        with step(f"Installing {requirements}: a minute or two the first time"):
            _install(requirements)
        INSTALLED.mkdir(exist_ok=True)
        for name in PARTS[requirements]:
            (INSTALLED / name).write_bytes((ROOT / name).read_bytes())


def continue_as(module: str) -> NoReturn:
    """Replace this process by `module`, run by the Python of the environment."""
    os.execv(PYTHON, [str(PYTHON), "-m", module, *sys.argv[1:]])


def _is_installed(requirements: str) -> bool:
    try:
        return (INSTALLED / requirements).read_bytes() == (ROOT / requirements).read_bytes()
    except FileNotFoundError:
        return False


def _has_pip() -> bool:
    """Whether there is a usable environment already, made by hand or by an interrupted run."""
    check = "import sys, pip; sys.exit(sys.version_info < (3, 12))"
    return (
        PYTHON.exists()
        and subprocess.run([PYTHON, "-c", check], capture_output=True).returncode == 0
    )


def _make_environment() -> None:
    base = getattr(sys, "_base_executable", sys.executable)
    _run_logged([base, "-m", "venv", "--clear", VENV], "Creating .venv failed")


def _install(requirements: str) -> None:
    pip = ["-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    options = ["--progress-bar=off", "--require-hashes", "--only-binary=:all:", "--requirement"]
    _run_logged([PYTHON, *pip, *options, ROOT / requirements], "Installing failed")


def _run_logged(command: Sequence[str | Path], what_failed: str) -> None:
    # The user's own pip settings apply (a mirror, a proxy), except those that fail in an environment.
    environment = os.environ | {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    environment.pop("PYTHONPATH", None)
    with LOG.open("w+") as log:
        done = subprocess.run(
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment
        )
        if done.returncode:
            log.seek(0)
            raise Problem(_explain(what_failed, log.read()))


def _explain(what_failed: str, words: str) -> str:
    if "No space left" in words:
        remedy = "free some disk space"
    elif "DO NOT MATCH THE HASHES" in words:
        remedy = "a download does not match the requirements: check your package index or proxy"
    elif any(
        sign in words
        for sign in [
            "NewConnectionError",
            "ConnectionError",
            "Timeout",
            "SSLError",
            "from versions: none",
        ]
    ):
        remedy = "a download failed: check the network (behind a proxy, set HTTPS_PROXY)"
    else:
        remedy = (words.strip().splitlines() or ["there was no output"])[-1]
    return f"{what_failed}: {remedy}, then run this again (the whole output is in {LOG})."
