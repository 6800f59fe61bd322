"""What stops or spoils a start of the local server; its servers are started by bin/dev and bin/test."""

import json
import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import local_postgres
from config.local_server import forget_dead_server, forget_dead_users, refuse_foreign_folder, runs

NOTES = ["postmaster.pid", ".s.PGSQL.5432.lock"]


@pytest.fixture
def dead_number():
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def note(data_dir, number):
    for name in NOTES:
        (data_dir / name).write_text(f"{number}\n{data_dir}\n")


def test_a_database_of_another_version_is_refused_in_one_line(tmp_path, monkeypatch):
    data_dir = tmp_path / "postgres"
    data_dir.mkdir()
    (data_dir / "PG_VERSION").write_text("16\n")
    monkeypatch.setattr("config.local_server.refuse_foreign_folder", lambda *args, **options: None)

    with pytest.raises(ImproperlyConfigured) as refusal:
        local_postgres.start(data_dir)

    assert str(refusal.value) == (
        f"{data_dir} holds a PostgreSQL 16 database and this release brings 18: "
        "move that folder away (a new one is made), or set DATABASE_URL to a server of yours."
    )


def test_a_folder_of_another_user_is_refused_in_one_line(tmp_path):
    with pytest.raises(ImproperlyConfigured) as refusal:
        refuse_foreign_folder(tmp_path, user=os.geteuid() + 1)

    assert str(refusal.value).startswith(f"{tmp_path} was made by another user")
    assert "\n" not in str(refusal.value)


def test_users_that_died_are_forgotten(tmp_path, dead_number):
    users = tmp_path / ".handle_pids.json"
    users.write_text(json.dumps([os.getpid(), dead_number]))

    forget_dead_users(tmp_path)

    assert json.loads(users.read_text()) == [os.getpid()]


def test_a_user_whose_number_is_another_program_s_by_now_is_forgotten(tmp_path):
    users = tmp_path / ".handle_pids.json"
    users.write_text(json.dumps([os.getpid()]))
    os.utime(users, (0, 0))

    forget_dead_users(tmp_path)

    assert json.loads(users.read_text()) == []


def test_a_server_whose_number_is_another_program_s_by_now_is_forgotten(tmp_path):
    note(tmp_path, os.getpid())

    forget_dead_server(tmp_path)

    assert not runs(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_server_whose_number_is_nobody_s_is_left_to_postgres(tmp_path, dead_number):
    note(tmp_path, dead_number)

    forget_dead_server(tmp_path)

    assert not runs(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(NOTES)


def test_a_server_that_runs_is_seen(tmp_path):
    command = [sys.executable, "-c", "print(flush=True); input()", "-D", str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        server.stdout.readline()
        note(tmp_path, server.pid)

        assert runs(tmp_path)

        server.communicate(b"\n")
