from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import filesizeformat

from config.backup.actions import back_up, delete_old_backups
from config.backup.errors import BackupError
from config.backup.models import LastBackup


class Command(BaseCommand):
    help = (
        "Back up the whole database, and prove it by restoring it into a scratch database on the same server. "
        "Backups in BACKUP_DIR are rotated (docs/backup.md)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder",
            nargs="?",
            default=settings.BACKUP_DIR,
            help="the folder; by default BACKUP_DIR",
        )

    def handle(self, *, folder: str, **options: Any) -> None:
        if not folder:
            raise CommandError("Name a folder, or set BACKUP_DIR.")
        try:
            made = back_up(Path(folder))
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{made.file}: {filesizeformat(made.bytes)}, {made.get_proof_display()}.")
        if made.proof == LastBackup.Proof.READ:
            self.stdout.write("The database role may not create databases (CREATEDB).")
        if folder == settings.BACKUP_DIR:
            delete_old_backups(Path(folder))
