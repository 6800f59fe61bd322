import logging
from pathlib import Path

from django.conf import settings
from procrastinate.contrib.django import app

from config.backup.actions import back_up, delete_old_backups
from config.backup.errors import BackupError

logger = logging.getLogger(__name__)


@app.periodic(cron=f"0 {settings.BACKUP_HOUR} * * *")
@app.task(queueing_lock="make_backup")
def make_backup(timestamp: int) -> None:
    """Make the backup of the day, where BACKUP_DIR is set. Old ones are deleted only after a new one was verified.

    It does not fail: /healthz/work/ says what went wrong until the next one is verified.
    """
    if not settings.BACKUP_DIR:
        return
    folder = Path(settings.BACKUP_DIR)
    try:
        back_up(folder)
    except BackupError as error:
        logger.error("The backup of the day was not made or not verified: %s", error)
    else:
        delete_old_backups(folder)
