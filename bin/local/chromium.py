"""The browser of the browser tests: the system's Chromium or Chrome."""

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
NONE_FOUND = "no Chromium or Chrome was found: install one, or name it in CHROMIUM"


def find_chromium():
    """The path of one that runs (Ubuntu's chromium-browser may only say how to install it), or None."""
    if wanted := os.environ.get("CHROMIUM"):
        if not _runs(wanted):
            raise Problem(f"CHROMIUM is {wanted}, which does not run: name a Chromium or Chrome.")
        return wanted
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in found if path and _runs(path)), None)


def find_or_install_chromium():
    path = find_chromium()
    if path is None and _may_install():
        with step("Installing Debian's chromium"):
            _apt_get("update")
            _apt_get("install", "--yes", "--no-install-recommends", "chromium", "fonts-liberation")
        path = find_chromium()
    return path


def _runs(path):
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=20).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _may_install():
    return os.geteuid() == 0 and shutil.which("apt-get") and _distribution() == "debian"


def _distribution():
    try:
        return platform.freedesktop_os_release()["ID"]
    except OSError:
        return "unknown"


def _apt_get(*arguments):
    """A failure shows in that there is still no Chromium afterwards."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "-qq", *arguments], env=environment, capture_output=True)
