"""Finds the browser for the browser tests: the system's Chromium or Chrome."""

import os
import platform
import shutil
import subprocess

from bin.local.terminal import Problem, step

NAMES = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
]
NONE_FOUND = "no Chromium or Chrome was found: install one, or set CHROMIUM to its path"


def find_chromium() -> str | None:
    """Return the path of one that runs, or None. On Ubuntu chromium-browser may only print how to install it."""
    if wanted := os.environ.get("CHROMIUM"):
        if not _runs(wanted):
            raise Problem(
                f"CHROMIUM is {wanted}, which does not run: set it to a Chromium or Chrome."
            )
        return wanted
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in found if path and _runs(path)), None)


def find_or_install_chromium() -> str | None:
    path = find_chromium()
    if path is None and _may_install():
        with step("Installing Debian's chromium"):
            _apt_get("update")
            _apt_get("install", "--yes", "--no-install-recommends", "chromium", "fonts-liberation")
        path = find_chromium()
    return path


def _runs(path: str) -> bool:
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=20).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _may_install() -> bool:
    return os.geteuid() == 0 and bool(shutil.which("apt-get")) and _distribution() == "debian"


def _distribution() -> str:
    try:
        return platform.freedesktop_os_release()["ID"]
    except OSError:
        return "unknown"


def _apt_get(*arguments: str) -> None:
    """Run apt-get. Its failure is ignored here: the caller checks whether there is a Chromium afterwards."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "-qq", *arguments], env=environment, capture_output=True)
