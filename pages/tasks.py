import logging

from procrastinate.contrib.django import app

from pages.management.commands.recount import STORED

logger = logging.getLogger(__name__)


@app.periodic(cron="20 4 * * *")
@app.task(queueing_lock="prove_figures")
def prove_figures(timestamp):
    """Alarm when a stored figure is not that of its rows: what `recount --check` tells, every night.

    It mends nothing. A difference is a defect to be found before `recount` covers it.
    """
    for name, figures in STORED.items():
        for difference in figures.differences():
            logger.error("%s: %s", name, difference)
