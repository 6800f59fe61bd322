"""Finds the browser for the browser tests: the system's Chromium or Chrome."""

import os
import shutil
import subprocess

from bin.local.debian import install_packages
from bin.local.terminal import Problem

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
    if path is None:
        install_packages("chromium", "fonts-liberation")
        path = find_chromium()
    return path


def _runs(path: str) -> bool:
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=20).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
