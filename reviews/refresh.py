"""Which sets of stored figures a job keeps up to date."""

from reviews.calibration.figures import CALIBRATION
from reviews.close_calls import CLOSE_CALLS

REFRESHED = {"Close calls": CLOSE_CALLS, "Calibration": CALIBRATION}


def refresh_figures() -> None:
    for figures in REFRESHED.values():
        figures.refresh()
