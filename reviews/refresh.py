"""Which sets of stored figures a job keeps up to date."""

from reviews.calibration.figures import CALIBRATION

REFRESHED = {"Calibration": CALIBRATION}


def refresh_figures() -> None:
    for figures in REFRESHED.values():
        figures.refresh()
