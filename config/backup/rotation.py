"""Which backups are kept: the newest of each of so many days, and of each of so many weeks."""

from collections.abc import Hashable, Iterable
from datetime import datetime


def kept(times: Iterable[datetime], *, days: int, weeks: int) -> set[datetime]:
    """Return the times whose backups are kept. Days and weeks without a backup do not count: none ages away alone."""
    newest_first = sorted(times, reverse=True)
    by_day: dict[Hashable, datetime] = {}
    by_week: dict[Hashable, datetime] = {}
    for time in newest_first:
        by_day.setdefault(time.date(), time)
        by_week.setdefault(time.isocalendar()[:2], time)
    return {*newest_first[:1], *list(by_day.values())[:days], *list(by_week.values())[:weeks]}
