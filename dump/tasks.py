from pathlib import Path

from django.conf import settings
from procrastinate.contrib.django import app

from dump.publishing import publish_dump


@app.periodic(cron="40 3 * * *")
@app.task(queueing_lock="publish_dump")
def publish_dump_of_the_day(timestamp: int) -> None:
    """Publish the dump of the day, where DATA_DIR is set."""
    if settings.DATA_DIR:
        publish_dump(Path(settings.DATA_DIR))
