"""Backups and restores, on a real server, by the commands."""

import resource
import stat
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from config.backup.contents import differences
from config.backup.database import Database
from config.backup.files import Backup, backups_in
from tests.config.backup_site import Site
from tests.votes.own_server import own_server

RESUME = "from newsletter.delivery import sending_gate; sending_gate.resume()"
IS_OPEN = "from newsletter.delivery import sending_gate; print(sending_gate.is_open())"
# What is written while a database is backed up or started: not the site's.
MOVING = {"public.backup_lastbackup", "public.django_session"}


@pytest.fixture(scope="module")
def site():
    with own_server() as server:
        site = Site(server)
        site.fill()
        site.manage("shell", "-c", RESUME)
        yield site


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("backups")


@pytest.fixture(scope="module")
def backup(site, folder):
    code, said = site.manage("backup", folder)
    assert code == 0, said
    (made,) = backups_in(folder)
    return made


@pytest.fixture
def small_files():
    """Programs that are started meanwhile cannot write more than so many bytes to a file."""

    @contextmanager
    def limited(size):
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    return limited


def still(contents):
    return {table: rows for table, rows in contents.items() if table not in MOVING}


def test_a_backup_was_restored_and_compared_before_it_counts(site, backup):
    ((proof, size, file, problem),) = site.rows(
        "SELECT proof, bytes, file, problem FROM backup_lastbackup"
    )

    assert (proof, size, file, problem) == ("restored", backup.bytes, str(backup.path), "")
    assert site.rows("SELECT datname FROM pg_database WHERE datname LIKE '%_backup_check'") == []


def test_only_its_owner_may_read_it(backup):
    for path in [backup.path, backup.contents_path]:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_table_comes_back_and_sending_waits_for_a_person(site, backup):
    before = still(site.contents)
    assert before["public.votes_vote"][0] == 42
    with site.empty_database() as restored:
        code, said = restored.manage("restore", backup.path)

        assert code == 0, said
        assert f"Restored: {len(before) + len(MOVING)} tables" in said
        assert still(restored.contents) == before
        assert restored.manage("recount", "--check")[0] == 0
        assert restored.manage("shell", "--no-imports", "-c", IS_OPEN) == (0, "False")
        restored.manage("shell", "-c", RESUME)
        assert restored.manage("shell", "--no-imports", "-c", IS_OPEN) == (0, "True")
    assert site.manage("shell", "--no-imports", "-c", IS_OPEN) == (0, "True")


def test_it_is_restored_over_the_empty_tables_of_a_migration(site, backup):
    with site.empty_database() as restored:
        restored.manage("migrate")

        code, said = restored.manage("restore", backup.path)

        assert code == 0, said
        assert still(restored.contents) == still(site.contents)


def test_a_site_is_not_restored_over(site, backup):
    before = site.contents

    code, said = site.manage("restore", backup.path)

    assert code == 1
    assert "The database postgres holds a site: tools_tool has rows." in said
    assert site.contents == before


def test_a_database_that_somebody_uses_is_not_restored_over(site, backup):
    with site.empty_database() as restored, restored.database.connect():
        code, said = restored.manage("restore", backup.path)

        assert code == 1
        assert "has 1 other connection. Stop the web processes and the worker first." in said
        assert restored.contents == {}


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.999])
def test_a_dump_that_was_cut_off_changes_nothing(site, backup, tmp_path, share):
    cut = tmp_path / "cut.dump"
    cut.write_bytes(backup.path.read_bytes()[: int(backup.bytes * share)])
    with site.empty_database() as restored:
        code, said = restored.manage("restore", cut)

        assert code == 1
        assert f"{cut} cannot be read as a backup" in said
        assert restored.contents == {}


def test_rows_that_did_not_come_back_are_named(site, backup, tmp_path):
    other = Backup(tmp_path / backup.path.name)
    other.path.write_bytes(backup.path.read_bytes())
    held = backup.contents_path.read_text()
    assert '"public.votes_vote": [\n   42,' in held
    other.contents_path.write_text(
        held.replace('"public.votes_vote": [\n   42,', '"public.votes_vote": [\n   43,')
    )
    with site.empty_database() as restored:
        code, said = restored.manage("restore", other.path)

    assert code == 1
    assert "public.votes_vote" in said
    assert "42 rows instead of 43" in said


def test_a_dump_without_its_contents_is_restored_and_says_so(site, backup, tmp_path):
    alone = tmp_path / "site.dump"
    alone.write_bytes(backup.path.read_bytes())
    with site.empty_database() as restored:
        code, said = restored.manage("restore", alone)

        assert code == 0, said
        assert f"Without {alone}.json nothing can be compared." in said
        assert still(restored.contents) == still(site.contents)


def test_a_full_disk_leaves_the_earlier_backups_and_no_part_of_one(site, backup, small_files):
    before = sorted(backup.path.parent.iterdir())
    with small_files(20_000):
        code, _ = site.manage("backup", backup.path.parent)

    assert code == 1
    assert sorted(backup.path.parent.iterdir()) == before
    ((file, problem),) = site.rows("SELECT file, problem FROM backup_lastbackup")
    assert file == str(backup.path)
    assert problem.startswith("pg_dump")


def test_a_role_that_may_not_create_databases_has_its_backup_read_whole(site, tmp_path):
    site.execute("CREATE ROLE plain LOGIN IN ROLE pg_read_all_data, pg_write_all_data")
    plain = Database({**site.database.parameters, "user": "plain"}, "")
    code, said = site.manage("backup", tmp_path, DATABASE_URL=plain.url)

    assert code == 0, said
    assert "read whole, but not restored" in said
    assert "CREATEDB" in said


def test_a_damaged_figure_fails_the_backup(site, tmp_path):
    site.execute("UPDATE votes_tally SET ships = ships + 1 WHERE ships = 30")
    code, said = site.manage("backup", tmp_path)
    site.execute("UPDATE votes_tally SET ships = ships - 1 WHERE ships = 31")

    assert code == 1
    assert "recount --check" in said
    assert len(backups_in(tmp_path)) == 1


def test_only_one_backup_of_a_database_is_made_at_a_time(site, tmp_path):
    with site.database.connect() as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext('config.backup'))")
        code, said = site.manage("backup", tmp_path)

    assert code == 1
    assert "Another backup of this database is being made." in said


def test_what_a_killed_backup_left_is_deleted(site, tmp_path):
    left = tmp_path / "ship-or-skip-20261126T020000Z-x.dump.unfinished"
    left.touch()
    site.execute("CREATE DATABASE postgres_backup_check")

    code, said = site.manage("backup", tmp_path)

    assert code == 0, said
    assert not left.exists()


def test_behind_a_pooler_the_direct_address_is_asked_for(site, tmp_path):
    code, said = site.manage("backup", tmp_path, DATABASE_POOLER="transaction")

    assert code == 1
    assert "Set DATABASE_DIRECT_URL" in said
    direct = {"DATABASE_DIRECT_URL": site.database.url, "DATABASE_POOLER": "transaction"}
    assert site.manage("backup", tmp_path, **direct)[0] == 0


def test_backups_are_named_by_time_and_release(tmp_path):
    taken_at = datetime(2026, 11, 26, 2, 0, 5, tzinfo=UTC)

    made = Backup.at(tmp_path, taken_at, "v1/2")

    assert made.path.name == "ship-or-skip-20261126T020005Z-v1-2.dump"
    assert made.taken_at == taken_at


def test_the_checksum_depends_on_every_value_and_on_no_order(site):
    with site.empty_database() as other:
        other.execute(
            "CREATE TABLE \"Odd name\" AS SELECT 1 AS n, NULL AS whole_row UNION SELECT 2, 'x'"
        )
        before = other.contents
        other.execute('UPDATE "Odd name" SET n = n + 1 WHERE n = 1')
        changed = other.contents
        other.execute('UPDATE "Odd name" SET n = 1 WHERE whole_row IS NULL')

        assert before["public.Odd name"][0] == changed["public.Odd name"][0] == 2
        assert changed != before
        assert other.contents == before


def test_a_row_that_changed_is_a_difference():
    before, after = {"public.a": (2, "5"), "public.b": (1, "1")}, {"public.a": (2, "6")}

    assert list(differences(before, after)) == [
        "public.a does not hold the rows of the backup: 2 rows instead of 2, or other ones.",
        "public.b is missing.",
    ]
