"""The system user that Postgres runs as when we are root, because Postgres refuses to run as root."""

import os
import pwd
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bin.local.terminal import Problem

NAME = "pgserver"


@dataclass(frozen=True)
class SystemUser:
    uid: int
    gid: int

    @property
    def subprocess_options(self) -> dict[str, Any]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def allow_to_enter(self, folder: Path) -> None:
        """Let all users enter the folder and those above it, without listing them."""
        for path in [folder, *folder.parents]:
            _add_mode(path, stat.S_IXOTH)

    def allow_to_run(self, programs: Path) -> None:
        """Let all users read and run the programs, and the libraries and data next to their folder."""
        installation = programs.parent
        self.allow_to_enter(installation)
        for path in [installation, *installation.rglob("*")]:
            if not path.is_symlink():
                # Other users get the permissions of the owner, except writing.
                _add_mode(path, (path.stat().st_mode & (stat.S_IRUSR | stat.S_IXUSR)) >> 6)


def system_user() -> SystemUser | None:
    """Return the user that the server runs as, created if needed; None unless we are root."""
    if os.geteuid() != 0:
        return None
    try:
        found = pwd.getpwnam(NAME)
    except KeyError:
        _make_user()
        found = pwd.getpwnam(NAME)
    return SystemUser(found.pw_uid, found.pw_gid)


def _make_user() -> None:
    try:
        command = ["useradd", "--system", "--shell", "/bin/false", NAME]
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Problem(
            f"Postgres does not run as root, and the system user {NAME} cannot be created for it ({error}): "
            "create it, or run this as another user."
        ) from error


def _add_mode(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod(stat.S_IMODE(mode) | bits)
