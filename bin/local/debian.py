"""Debian's packages, for tests that need a program besides Python's: installed where that needs no question."""

import os
import platform
import shutil
import subprocess

from bin.local.terminal import step


def install_packages(*names: str) -> None:
    """Install them on Debian as root; elsewhere, and on a failure, do nothing: the caller looks for the program."""
    if _may_install():
        with step(f"Installing Debian's {names[0]}"):
            _apt_get("update")
            _apt_get("install", "--yes", "--no-install-recommends", *names)


def _may_install() -> bool:
    return os.geteuid() == 0 and bool(shutil.which("apt-get")) and _distribution() == "debian"


def _distribution() -> str:
    try:
        return platform.freedesktop_os_release()["ID"]
    except OSError:
        return "unknown"


def _apt_get(*arguments: str) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "-qq", *arguments], env=environment, capture_output=True)
