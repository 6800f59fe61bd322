import logging
from pathlib import Path

from django.conf import settings
from procrastinate.contrib.django import app

from dump.publishing import AlreadyRunning, publish_dump

logger = logging.getLogger(__name__)


@app.periodic(cron="40 3 * * *")
@app.task(queueing_lock="publish_dump")
def publish_dump_of_the_day(timestamp: int) -> None:
    """Publish the dump of the day, where DATA_DIR is set."""
    if not settings.DATA_DIR:
        return
    try:
        publish_dump(Path(settings.DATA_DIR))
    except AlreadyRunning:
        logger.warning("The dump of the day was not started: somebody is publishing one.")
