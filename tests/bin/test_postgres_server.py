"""The local server: what prevents or spoils a start, and who stops it."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from bin.local.postgres_server import (
    VERSION,
    LocalServer,
    find_reason,
    is_running,
    read_socket_folder,
    refuse_another_owner,
    refuse_another_version,
    remove_stale_lock_files,
)
from bin.local.system_user import SystemUser
from bin.local.terminal import Problem

ROOT = Path(__file__).resolve().parents[2]
LOCK_FILES = ["postmaster.pid", ".s.PGSQL.5432.lock"]
USE_UNTIL_TOLD = """
import sys
from pathlib import Path
from bin.local.postgres import postgres
with postgres(Path(sys.argv[1])) as url:
    print(url, flush=True)
    input()
"""


@pytest.fixture
def dead_number():
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def write_lock_files(data_dir, number):
    for name in LOCK_FILES:
        (data_dir / name).write_text(f"{number}\n{data_dir}\n")


@contextmanager
def another_program(data_dir):
    """A process that uses the server, as bin/dev does."""
    command = [sys.executable, "-c", USE_UNTIL_TOLD, data_dir]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as process:
        assert process.stdout.readline().startswith("postgresql://")
        yield process


@pytest.fixture(scope="module")
def clones():
    """Not pytest's folder: every start of pytest closes that one to the server's own user."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def folder(clones):
    """A path with spaces that is too long for a socket."""
    return clones / "my clone" / ("x" * 100) / "postgres"


@pytest.fixture
def server(folder):
    server = LocalServer(folder)
    server.join()
    yield server
    server.leave()


def test_its_text_sorts_and_folds_case_alike_on_every_machine(server):
    with psycopg.connect(server.url) as connection:
        row = connection.execute("SELECT lower('ÄÖ'), 'Z' < 'a', version() LIKE 'PostgreSQL 18%'")

        assert row.fetchone() == ("äö", True, True)


def test_only_its_owner_enters_the_folders_of_data_and_socket(server):
    socket_folder = read_socket_folder(server.data_dir)

    assert socket_folder != server.data_dir
    for path in [server.data_dir, socket_folder]:
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_it_listens_on_no_port(server):
    with psycopg.connect(server.url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_the_last_one_to_leave_stops_it_and_removes_its_socket(folder):
    server = LocalServer(folder)
    server.join()
    socket_folder = read_socket_folder(folder)
    with another_program(folder) as other:
        server.leave()
        assert is_running(folder)

        other.communicate("\n", timeout=30)

    assert not is_running(folder)
    assert not socket_folder.exists()


def test_who_was_killed_does_not_keep_it_running(folder):
    server = LocalServer(folder)
    with another_program(folder) as killed:
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        assert is_running(folder)
        server.join()

    server.leave()

    assert not is_running(folder)


def test_a_killed_server_is_started_again_and_leaves_no_socket_folder(folder, server):
    number = int((folder / "postmaster.pid").read_text().split()[0])
    socket_folder = read_socket_folder(folder)
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
    os.kill(number, signal.SIGKILL)
    while is_running(folder):
        pass

    server.start()

    with psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    assert not socket_folder.exists()


def test_a_start_that_fails_is_said_in_one_line_with_the_reason(folder):
    with LocalServer(folder).log.open("a") as log:
        log.write("FATAL:  of an earlier start\n")
    settings = folder / "postgresql.auto.conf"
    before = settings.read_text()
    settings.write_text("wal_level = 'nonsense'\n")

    try:
        with pytest.raises(Problem) as refusal:
            LocalServer(folder).join()
    finally:
        settings.write_text(before)

    assert str(refusal.value).startswith(f"The local Postgres in {folder} does not start: ")
    assert "earlier start" not in str(refusal.value)
    assert "FATAL" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_an_interrupted_making_of_a_database_is_begun_again(clones):
    unfinished = clones / "postgres.unfinished"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    server = LocalServer(clones / "postgres")

    server.join()
    server.leave()

    assert not unfinished.exists()
    assert (clones / "postgres" / "PG_VERSION").exists()


def test_a_database_of_another_version_is_refused_in_one_line(tmp_path):
    (tmp_path / "PG_VERSION").write_text("16\n")

    with pytest.raises(Problem) as refusal:
        refuse_another_version(tmp_path)

    assert str(refusal.value) == (
        f"{tmp_path} is a PostgreSQL 16 database, and this release needs {VERSION}: "
        "move that folder away (a new one is created), or set DATABASE_URL to a server of yours."
    )


def test_a_folder_of_another_user_is_refused_in_one_line(tmp_path):
    with pytest.raises(Problem) as refusal:
        refuse_another_owner(tmp_path, owner=os.geteuid() + 1)

    assert str(refusal.value).startswith(f"{tmp_path} belongs to another user")
    assert "\n" not in str(refusal.value)


def test_lock_files_of_a_server_whose_number_another_program_has_are_removed(tmp_path):
    write_lock_files(tmp_path, os.getpid())

    remove_stale_lock_files(tmp_path)

    assert not is_running(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_lock_files_of_a_server_whose_number_no_process_has_are_left_to_postgres(
    tmp_path, dead_number
):
    write_lock_files(tmp_path, dead_number)

    remove_stale_lock_files(tmp_path)

    assert not is_running(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(LOCK_FILES)


def test_a_server_that_runs_is_seen(tmp_path):
    command = [sys.executable, "-c", "print(flush=True); input()", "-D", str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        server.stdout.readline()
        write_lock_files(tmp_path, server.pid)

        assert is_running(tmp_path)

        server.communicate(b"\n")


def test_an_empty_lock_file_is_no_server(tmp_path):
    (tmp_path / "postmaster.pid").touch()

    remove_stale_lock_files(tmp_path)

    assert not is_running(tmp_path)


@pytest.mark.parametrize(
    "lines, reason",
    [
        (["LOG:  start", "FATAL:  port taken", "LOG:  end"], "FATAL:  port taken"),
        (["FATAL:  follows", "PANIC:  disk"], "PANIC:  disk"),
        (["initdb: error: no room", "initdb: removing"], "initdb: error: no room"),
        (["one", "other"], "other"),
        ([], None),
    ],
)
def test_the_reason_of_a_failure_is_one_line(lines, reason):
    assert find_reason(lines) == reason


def test_the_system_user_may_pass_folders_and_run_programs_but_never_write(tmp_path):
    programs = tmp_path / "home" / "installation" / "bin"
    programs.mkdir(parents=True)
    (tmp_path / "home").chmod(0o700)
    for name, mode in {"postgres": 0o700, "data": 0o600}.items():
        (programs / name).touch()
        (programs / name).chmod(mode)

    SystemUser(uid=1, gid=1).allow_to_run(programs)

    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in [tmp_path / "home", programs / "postgres", programs / "data"]
    }
    assert modes == {"home": 0o701, "postgres": 0o705, "data": 0o604}
