"""The virtual environment: made once, and filled again only when the requirements change."""

import os
import subprocess
import sys

from bin.local.places import LOCAL, ROOT, VENV, one_at_a_time
from bin.local.terminal import Problem, step

PYTHON = VENV / "bin" / "python"
# Holds a copy of every requirements file that is installed. Made last: see find_python.sh.
INSTALLED = VENV / "installed"
LOG = LOCAL / "install.log"
# The smaller file is a part of the larger: compiled in one resolution by bin/compile-requirements.
PARTS = {
    "requirements-test.txt": ["requirements-test.txt", "requirements-local.txt"],
    "requirements-local.txt": ["requirements-local.txt"],
}


def install(requirements):
    """Return when the virtual environment holds what the file of this name pins."""
    if _is_installed(requirements):
        return
    with one_at_a_time("install"):
        if _is_installed(requirements):
            return
        if not INSTALLED.exists() and not _has_pip():
            with step("Making the virtual environment in .venv"):
                _make_environment()
        with step(f"Installing {requirements}: a minute or two the first time"):
            _install(requirements)
        INSTALLED.mkdir(exist_ok=True)
        for name in PARTS[requirements]:
            (INSTALLED / name).write_bytes((ROOT / name).read_bytes())


def continue_as(module):
    """Become `module`, run by the environment's Python."""
    os.execv(PYTHON, [str(PYTHON), "-m", module, *sys.argv[1:]])


def _is_installed(requirements):
    try:
        return (INSTALLED / requirements).read_bytes() == (ROOT / requirements).read_bytes()
    except FileNotFoundError:
        return False


def _has_pip():
    """Whether there is an environment already, that a person made or that broke off after pip."""
    check = "import sys, pip; sys.exit(sys.version_info < (3, 12))"
    return (
        PYTHON.exists()
        and subprocess.run([PYTHON, "-c", check], capture_output=True).returncode == 0
    )


def _make_environment():
    base = getattr(sys, "_base_executable", sys.executable)
    _run_logged([base, "-m", "venv", "--clear", VENV], "Making .venv failed")


def _install(requirements):
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    options = ["--progress-bar=off", "--require-hashes", "--only-binary=:all:"]
    _run_logged([*pip, *options, "--requirement", ROOT / requirements], "Installing failed")


def _run_logged(command, what_failed):
    # A person's own pip settings stay in force (a mirror, a proxy), but for what breaks in an environment.
    environment = os.environ | {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    environment.pop("PYTHONPATH", None)
    with LOG.open("w+") as log:
        done = subprocess.run(
            command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment
        )
        if done.returncode:
            log.seek(0)
            raise Problem(_explain(what_failed, log.read()))


def _explain(what_failed, words):
    if "No space left" in words:
        remedy = "make room on the disk"
    elif "DO NOT MATCH THE HASHES" in words:
        remedy = "a download was not what the requirements pin: look at your package index or proxy"
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
        remedy = "a download failed: look at the network (behind a proxy set HTTPS_PROXY)"
    else:
        remedy = (words.strip().splitlines() or ["it said nothing"])[-1]
    return f"{what_failed}: {remedy}, then run this again (all it said is in {LOG})."
