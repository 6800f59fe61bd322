import logging

from procrastinate.contrib.django import app

from pages.management.commands.recount import CHECKED
from tools.logos import delete_unused_logos

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


@app.periodic(cron="50 4 * * *")
@app.task(queueing_lock="delete_old_logos")
def delete_old_logos(timestamp: int) -> None:
    """Delete the images of logos that no tool has used for a month."""
    delete_unused_logos()
