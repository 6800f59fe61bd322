"""Which sets of stored figures a job keeps up to date."""

from reviews.calibration.figures import CALIBRATION
from reviews.close_calls import CLOSE_CALLS
from reviews.listing.counts import fold_counts
from reviews.stored_figures import StoredFigures

# By name. Apps above this one add theirs in `AppConfig.ready`.
REFRESHED: dict[str, StoredFigures] = {"Close calls": CLOSE_CALLS, "Calibration": CALIBRATION}


def refresh_figures() -> None:
    fold_counts()
    for figures in REFRESHED.values():
        figures.refresh()
