from pathlib import Path
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.backup.database import Database
from config.backup.errors import BackupError
from config.backup.files import Backup
from config.backup.restore import (
    differences_from,
    load,
    major_version,
    read_whole,
    refuse_live_site,
)

AFTERWARDS = (
    "Now run manage.py migrate and manage.py recount --check. The newsletter is not sent until a person resumes "
    "sending in the admin (Newsletter, Sending gate)."
)


class Command(BaseCommand):
    help = (
        "Restore a backup into the database of DATABASE_URL, which must not hold a site, and compare every table "
        "with what was backed up. If it fails, nothing has changed."
    )
    # Checks of the database would leave a connection behind.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", type=Path, help="a .dump file of manage.py backup, or of pg_dump -Fc"
        )

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            self.restore(Backup(file), Database.of_the_site())
        except (BackupError, OSError, psycopg.Error) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(AFTERWARDS)

    def restore(self, backup: Backup, database: Database) -> None:
        with database.connect() as connection:
            major = major_version(connection)
            read_whole(backup.path, major)
            refuse_live_site(connection)
        load(backup.path, database, major)
        self.compare(backup, database)

    def compare(self, backup: Backup, database: Database) -> None:
        expected = backup.read_contents()
        if expected is None:
            self.stdout.write(f"Restored. Without {backup.contents_path} nothing can be compared.")
            return
        if found := list(differences_from(expected, database)):
            raise BackupError("Restored, but not as it was: " + " ".join(found))
        rows = sum(count for count, _ in expected.values())
        self.stdout.write(f"Restored: {len(expected)} tables with {rows} rows, each as it was.")
