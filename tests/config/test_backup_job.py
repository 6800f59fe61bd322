import pytest
from procrastinate.contrib.django import app

from config.backup import tasks
from config.backup.files import Backup, backups_in
from config.backup.models import LastBackup
from tests.config.test_backup_rotation import NOW, days_ago

# A backup in a transaction would not see what the test has written.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def old(tmp_path, settings):
    """A folder for backups, with those of three days of which only one is to be kept."""
    settings.BACKUP_DIR = str(tmp_path)
    settings.BACKUP_KEEP_DAYS, settings.BACKUP_KEEP_WEEKS = 1, 0
    for time in days_ago(0, 1, 2):
        Backup.at(tmp_path, time, "x").path.touch()
    return Backup.at(tmp_path, NOW, "x")


def test_it_is_scheduled_once_a_day():
    crons = {name: task.cron for (name, _), task in app.periodic_registry.periodic_tasks.items()}

    assert crons["config.backup.tasks.make_backup"] == "0 2 * * *"


def test_without_a_folder_there_is_no_backup():
    tasks.make_backup(timestamp=0)

    assert not LastBackup.objects.exists()


def test_a_new_backup_takes_the_place_of_old_ones(old, tmp_path):
    tasks.make_backup(timestamp=0)

    (made,) = backups_in(tmp_path)
    last = LastBackup.objects.get()
    assert (last.file, last.bytes, last.proof) == (str(made.path), made.bytes, "restored")
    assert last.problem == ""


def test_a_failed_backup_deletes_no_old_one_and_is_remembered(old, tmp_path, settings, caplog):
    settings.DATABASE_DIRECT = settings.DATABASES["default"] | {"NAME": "away"}

    tasks.make_backup(timestamp=0)

    assert "The backup of the day was not made or not verified: " in caplog.text
    assert len(backups_in(tmp_path)) == 3
    last = LastBackup.objects.get()
    assert last.taken_at is None
    assert 'database "away" does not exist' in last.problem
