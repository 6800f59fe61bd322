from datetime import UTC, datetime, timedelta

import pytest

from config.backup.actions import delete_old_backups
from config.backup.files import Backup, backups_in
from config.backup.rotation import kept

NOW = datetime(2026, 11, 26, 2, tzinfo=UTC)  # a Thursday


def days_ago(*days):
    return {NOW - timedelta(days=day) for day in days}


def test_the_last_days_and_the_newest_of_the_last_weeks_are_kept():
    times = days_ago(*range(60))

    # The Sundays before: the newest backup of each of the three weeks before this one.
    assert kept(times, days=3, weeks=4) == days_ago(0, 1, 2, 4, 11, 18)


def test_of_a_day_the_newest_is_kept():
    times = {NOW, NOW - timedelta(hours=1)}

    assert kept(times, days=7, weeks=4) == {NOW}


def test_no_backup_is_lost_because_newer_ones_are_missing():
    times = days_ago(400, 401, 402)

    assert kept(times, days=3, weeks=0) == times


@pytest.mark.parametrize("times", [set(), days_ago(9)])
def test_the_last_one_is_kept(times):
    assert kept(times, days=1, weeks=0) == times


def test_old_ones_are_deleted_with_their_contents_and_nothing_else(tmp_path, settings):
    settings.BACKUP_KEEP_DAYS, settings.BACKUP_KEEP_WEEKS = 1, 0
    old, new = (Backup.at(tmp_path, time, "x") for time in sorted(days_ago(0, 1)))
    mine = tmp_path / "site.dump"
    for path in [old.path, old.contents_path, new.path, new.contents_path, mine]:
        path.touch()

    delete_old_backups(tmp_path)

    assert backups_in(tmp_path) == [new]
    assert set(tmp_path.iterdir()) == {new.path, new.contents_path, mine}
