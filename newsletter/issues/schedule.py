"""When an issue is due and which period it covers. Pure functions of the clock and the settings.

A weekly issue is due at one hour of one weekday in one time zone; a monthly issue on the first such day of
a month. Its period runs from the end of the previous issue of the same cadence until it is due. So periods
have no gap and no overlap, whatever happens to clocks, settings or workers in between. A worker that was
down creates one issue for the whole time it missed, since readers prefer one email to three in one morning.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from newsletter.models import Cadence

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Timetable:
    """`weekday` is as in `date.weekday()`. All returned times are aware and in UTC."""

    weekday: int
    hour: int
    zone: ZoneInfo

    @classmethod
    def from_settings(cls) -> "Timetable":
        return cls(
            weekday=settings.NEWSLETTER_WEEKDAY,
            hour=settings.NEWSLETTER_HOUR,
            zone=ZoneInfo(settings.NEWSLETTER_TIME_ZONE),
        )

    def last_due(self, cadence: Cadence, now: datetime) -> datetime:
        """Return the last time, at or before `now`, at which an issue is due."""
        day = self._due_day(cadence, now.astimezone(self.zone).date())
        while self._moment(day) > now:
            day = self._due_day(cadence, day - DAY)
        return self._moment(day)

    def period(
        self, cadence: Cadence, now: datetime, covered_until: datetime | None
    ) -> tuple[datetime, datetime] | None:
        """Return (since, until) of the issue to draft at `now`, or None when none is due.

        `covered_until` is the end of the newest issue of this cadence. Without one, the first issue
        covers one interval of the timetable.
        """
        until = self.last_due(cadence, now)
        since = covered_until or self.first_since(cadence, now)
        return (since, until) if since < until else None

    def first_since(self, cadence: Cadence, now: datetime) -> datetime:
        """Return the start of the period of the very first issue."""
        return self.last_due(cadence, self.last_due(cadence, now) - timedelta(microseconds=1))

    def _moment(self, day: date) -> datetime:
        """Return the due time on `day`.

        An hour skipped by a clock change is the one that the clock shows instead; of an hour that
        occurs twice it is the first (PEP 495, fold=0).
        """
        local = datetime(day.year, day.month, day.day, self.hour, tzinfo=self.zone)
        return local.astimezone(UTC)

    def _due_day(self, cadence: Cadence, day: date) -> date:
        """Return the last day, at or before `day`, on which an issue is due."""
        if cadence == Cadence.WEEKLY:
            return day - (day.weekday() - self.weekday) % 7 * DAY
        first = self._first_of_month(day)
        return first if first <= day else self._first_of_month(day.replace(day=1) - DAY)

    def _first_of_month(self, day: date) -> date:
        first = date(day.year, day.month, 1)
        return first + (self.weekday - first.weekday()) % 7 * DAY
