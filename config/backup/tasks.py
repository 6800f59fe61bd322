from pathlib import Path

from django.conf import settings
from procrastinate.contrib.django import app

from config.backup.actions import back_up, delete_old_backups


@app.periodic(cron=f"0 {settings.BACKUP_HOUR} * * *")
@app.task(queueing_lock="make_backup")
def make_backup(timestamp: int) -> None:
    """Make the backup of the day, where BACKUP_DIR is set. Old ones are deleted only after a new one was verified."""
    if settings.BACKUP_DIR:
        folder = Path(settings.BACKUP_DIR)
        back_up(folder)
        delete_old_backups(folder)
