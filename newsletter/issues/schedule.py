"""When an issue is due, and which stretch of time it tells of. Pure: clock and settings are handed in.

An issue is due at one hour of one day of the week, by the clocks of one time zone; the monthly one on the
first such day of a month. Its time runs from the `until` of the issue of the same cadence before it to
the moment that it was due, so issues tile the time without a hole and without overlap, whatever clocks,
settings or workers do in between. A worker that was away makes one issue for all that it missed:
readers want one mail about three weeks, not three mails in one morning.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from newsletter.models import Cadence

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


@dataclass(frozen=True)
class Timetable:
    """`weekday` as in `date.weekday()`. All moments that it returns are aware and in UTC."""

    weekday: int
    hour: int
    zone: ZoneInfo

    @classmethod
    def from_settings(cls):
        return cls(
            weekday=settings.NEWSLETTER_WEEKDAY,
            hour=settings.NEWSLETTER_HOUR,
            zone=ZoneInfo(settings.NEWSLETTER_TIME_ZONE),
        )

    def last_due(self, cadence, now):
        """The newest moment at or before `now` at which an issue is due."""
        day = self._due_day(cadence, now.astimezone(self.zone).date())
        while self._moment(day) > now:
            day = self._due_day(cadence, day - DAY)
        return self._moment(day)

    def next_due(self, cadence, now):
        """The first moment after `now` at which an issue is due."""
        day = self._due_day(cadence, now.astimezone(self.zone).date())
        while self._moment(day) <= now:
            day = self._due_day_after(cadence, day)
        return self._moment(day)

    def period(self, cadence, now, told_until):
        """(since, until) of the issue that is to be drafted at `now`, or None when none is due.

        `told_until` is where the newest issue of the cadence ends; None when there was none yet: then
        the first one tells of the time between two moments at which issues are due.
        """
        until = self.last_due(cadence, now)
        since = told_until or self.first_since(cadence, now)
        return (since, until) if since < until else None

    def first_since(self, cadence, now):
        """Where the first issue of all begins."""
        return self.last_due(cadence, self.last_due(cadence, now) - timedelta(microseconds=1))

    def _moment(self, day):
        """An hour that a clock change skips is the one that the clock shows instead; of one that comes
        twice it is the first (PEP 495, fold=0)."""
        local = datetime(day.year, day.month, day.day, self.hour, tzinfo=self.zone)
        return local.astimezone(UTC)

    def _due_day(self, cadence, day):
        """The newest day at or before `day` on which an issue is due."""
        if cadence == Cadence.WEEKLY:
            return day - (day.weekday() - self.weekday) % 7 * DAY
        first = self._first_of_month(day)
        return first if first <= day else self._first_of_month(day.replace(day=1) - DAY)

    def _due_day_after(self, cadence, day):
        if cadence == Cadence.WEEKLY:
            return day + WEEK
        return self._first_of_month(day.replace(day=28) + 4 * DAY)

    def _first_of_month(self, day):
        first = date(day.year, day.month, 1)
        return first + (self.weekday - first.weekday()) % 7 * DAY
