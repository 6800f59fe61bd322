"""Which sets of stored figures a job keeps up to date."""

from reviews.calibration.figures import CALIBRATION
from reviews.close_calls import CLOSE_CALLS
from reviews.listing.counts import fold_counts

REFRESHED = {"Close calls": CLOSE_CALLS, "Calibration": CALIBRATION}


def refresh_figures() -> None:
    fold_counts()
    for figures in REFRESHED.values():
        figures.refresh()
