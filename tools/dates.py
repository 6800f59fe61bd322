"""The dates that staff enter: of a status, a fact or a review."""

from datetime import date

from django.utils import timezone

EARLIEST = date(2000, 1, 1)


def date_problem(day: date | None) -> str:
    """Return a sentence on a `day` in the future or before 2000, and "" for any other."""
    if day is None or EARLIEST <= day <= timezone.localdate():
        return ""
    return "The date is before 2000." if day < EARLIEST else "The date is in the future."
