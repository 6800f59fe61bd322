"""What docs/backup.md says about point-in-time recovery, done with a real server."""

import shutil
import tempfile
from pathlib import Path

import pytest

from tests.waiting import wait_until
from tests.web.servers import Postgres

ARCHIVED = "SELECT last_archived_wal >= %s FROM pg_stat_archiver"


@pytest.fixture
def folder():
    """Not pytest's folder: the server's own user may not enter that one."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture
def primary(folder):
    server = Postgres(folder / "primary")
    server.join()
    yield server
    server.leave("immediate")


def archive_to(server, archive):
    archive.mkdir(mode=0o700)
    server._give_away(archive)
    server.rows("ALTER SYSTEM SET archive_mode = on")
    file = f"{archive}/%f"
    command = f"test ! -f {file} && cp %p {file}.part && mv {file}.part {file}"
    server.rows("ALTER SYSTEM SET archive_command = '{}'".format(command.replace("%", "%%")))
    server.stop()
    server.start()


def recover(base, archive, until):
    """Start the base backup as a server that replays the archive up to a moment."""
    server = Postgres(base)
    with (base / "postgresql.auto.conf").open("a") as settings:
        settings.write(f"archive_mode = off\nrestore_command = 'cp {archive}/%f %p'\n")
        settings.write(f"recovery_target_time = '{until}'\nrecovery_target_action = 'promote'\n")
    (base / "recovery.signal").touch()
    server._give_away(base / "recovery.signal")
    server.join()
    wait_until(lambda: server.rows("SELECT pg_is_in_recovery()") == [(False,)])
    return server


def test_a_mistake_is_undone_up_to_the_moment_before_it(folder, primary):
    archive, base = folder / "archive", folder / "base"
    archive_to(primary, archive)
    primary.rows("CREATE TABLE votes AS SELECT 1 AS n")
    primary.copy_to(base)
    (base / "standby.signal").unlink()  # a copy of its own, which follows nobody
    primary.rows("INSERT INTO votes VALUES (2)")
    ((before,),) = primary.rows("SELECT clock_timestamp()::text")
    primary.rows("DELETE FROM votes")
    ((segment,),) = primary.rows("SELECT pg_walfile_name(pg_switch_wal())")
    wait_until(lambda: primary.rows(ARCHIVED, segment) == [(True,)])
    primary.stop("immediate")
    shutil.rmtree(primary.data_dir / "pg_wal")  # the disk is lost

    recovered = recover(base, archive, before)

    try:
        assert recovered.rows("SELECT n FROM votes ORDER BY n") == [(1,), (2,)]
        # By this the sending gate knows the copy (newsletter/delivery/database_identity.py).
        assert recovered.rows("SELECT timeline_id FROM pg_control_checkpoint()") == [(2,)]
    finally:
        recovered.leave("immediate")
