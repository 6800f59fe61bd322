import logging

from procrastinate.contrib.django import app

from pages.management.commands.recount import CHECKED

logger = logging.getLogger(__name__)


@app.periodic(cron="20 4 * * *")
@app.task(queueing_lock="prove_figures")
def prove_figures(timestamp: int) -> None:
    """Log an error for each difference that `recount --check` prints, every night.

    It changes nothing, because a difference is a defect that `recount` would hide.
    """
    for name, figures in CHECKED.items():
        for difference in figures.differences():
            logger.error("%s: %s", name, difference)
