from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from bin.local.prepare_database import has_recent_dump, refuse_unknown_migrations
from bin.local.terminal import Problem
from dump.published import CURRENT, NAME_FORMAT

pytestmark = pytest.mark.django_db


def test_a_database_of_this_version_is_taken():
    refuse_unknown_migrations()


def test_a_migration_of_ours_that_is_gone_is_refused_in_one_line():
    MigrationRecorder(connection).record_applied("tools", "0099_from_another_version")

    with pytest.raises(Problem) as refusal:
        refuse_unknown_migrations()

    assert "it has the migration tools.0099_from_another_version" in str(refusal.value)
    assert "move the folder .local/postgres away" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_migrations_of_other_projects_are_not_ours_to_judge():
    MigrationRecorder(connection).record_applied("anymail", "9999_newer")
    MigrationRecorder(connection).record_applied("gone_app", "0001_initial")

    refuse_unknown_migrations()


def test_a_dump_of_the_last_day_is_kept(tmp_path, settings):
    settings.DATA_DIR = str(tmp_path)
    current = tmp_path / CURRENT
    assert not has_recent_dump()

    for age, is_recent in [(timedelta(hours=23), True), (timedelta(hours=25), False)]:
        current.unlink(missing_ok=True)
        current.symlink_to((timezone.now() - age).strftime(NAME_FORMAT))
        assert has_recent_dump() is is_recent
