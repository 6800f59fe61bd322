"""Where an installation has its releases, and how programs of a release are run there."""

import fcntl
import os
import pwd
import shlex
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bin.local.terminal import Problem

# As services have it: nothing of the shell from which an upgrade is started.
CLEAN = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
WITH_SETTINGS = 'set -a; . "$0"; set +a; exec "$@"'


@dataclass(frozen=True)
class Installation:
    """`environment` is the file with the settings of the services, `user` whom they run as."""

    folder: Path
    environment: Path
    user: str
    sockets: Path = Path("/run/ship-or-skip")

    @property
    def repository(self) -> Path:
        return self.folder / "repository"

    @property
    def current(self) -> Path:
        """The link that the services follow when they start."""
        return self.folder / "current"

    @property
    def running(self) -> Path | None:
        """The folder of the release that runs, or None before the first."""
        return self.current.resolve() if self.current.exists() else None

    def release(self, tag: str) -> Path:
        return self.folder / "releases" / tag

    @property
    def releases(self) -> list[Path]:
        return sorted(path for path in (self.folder / "releases").iterdir() if path.is_dir())

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Raises Problem while another upgrade of this installation is running."""
        with (self.folder / "upgrade.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Problem(f"another upgrade of {self.folder} is running.") from None
            yield

    def point_to(self, release: Path) -> None:
        """Have `current` lead to the release, at once."""
        new = self.folder / "current.new"
        new.unlink(missing_ok=True)
        new.symlink_to(release.relative_to(self.folder))
        new.replace(self.current)

    def setting(self, name: str) -> str:
        print_it = ["sh", "-c", f'printf %s "${{{name}:-}}"']
        command = ["sh", "-c", WITH_SETTINGS, str(self.environment), *print_it]
        return output_of(command, environment=CLEAN)

    def command(self, *words: str | Path, as_owner: bool = False) -> list[str]:
        """Return a command that runs `words` with the settings, as the user of the services or as the code's owner."""
        with_settings = ["sh", "-c", WITH_SETTINGS, str(self.environment), *map(str, words)]
        me = pwd.getpwuid(os.geteuid()).pw_name
        if as_owner or self.user == me:
            return with_settings
        return ["runuser", "-u", self.user, "--", *with_settings]

    def manage(self, release: Path, *words: str, as_owner: bool = False) -> str:
        """Run manage.py of a release and return what it says. Raises Problem with that if it fails."""
        python = release / ".venv" / "bin" / "python"
        command = self.command(python, "manage.py", *words, as_owner=as_owner)
        return output_of(command, cwd=release, environment=CLEAN)


def output_of(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    environment: Mapping[str, str] = os.environ,
) -> str:
    """Return what the command says. Raises Problem with that if it fails."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        words = shlex.join(map(str, command[-6:]))
        raise Problem(f"this failed: … {words}\n{done.stdout.strip()}")
    return done.stdout.strip()
