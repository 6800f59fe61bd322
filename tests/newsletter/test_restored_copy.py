"""A database that was restored from a backup, by the programs that operators use."""

import pytest

from tests.newsletter.kill_load_test import program
from tests.votes.own_server import own_server

ASK = "from newsletter.delivery import sending_gate; print(sending_gate.is_open())"
RESUME = "from newsletter.delivery import sending_gate; sending_gate.resume()"


@pytest.fixture(scope="module")
def server():
    with own_server() as server:
        yield server


def shell(server, code):
    return server.manage("shell", "--no-imports", "-c", code).strip()


def test_a_restored_backup_sends_nothing_until_somebody_resumes_sending(server):
    program(server, "prepare", "3")
    backup = server.handle.data_dir / "backup.dump"  # where the server's user may write
    assert shell(server, ASK) == "True"

    server.handle.run("pg_dump", "-d", server.handle.url, "-Fc", "-f", backup)
    restore = ["pg_restore", "-d", server.handle.url, "--clean", "--if-exists"]
    server.handle.run(*restore, backup)

    assert server.rows("SELECT count(*) FROM newsletter_delivery") == [(3,)]
    assert shell(server, ASK) == "False"
    shell(server, RESUME)
    assert shell(server, ASK) == "True"


def test_a_crash_or_a_restart_is_not_a_restored_copy(server):
    server.crash()

    assert shell(server, ASK) == "True"
