"""A span of time in an address, to the second: an ISO 8601 interval such as
2026-11-26T14:05:00Z/2026-11-26T14:06:00Z.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from django.db.models import QuerySet

from votes.models import Vote

TIME = "%Y-%m-%dT%H:%M:%SZ"
# Years that have neighbours in every calendar.
INTERVAL = re.compile(r"(20\d\d-[^/]{14}Z)/(20\d\d-[^/]{14}Z)", re.ASCII)


@dataclass(frozen=True)
class TimeWindow:
    """From `start` to before `end`, both in UTC."""

    start: datetime
    end: datetime

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the window that `text` (untrusted) says; None if it says none."""
        found = INTERVAL.fullmatch(text)
        try:
            times = [datetime.strptime(time, TIME) for time in found.groups()] if found else []
        except ValueError:
            return None
        if not times or times[0] >= times[1]:
            return None
        start, end = (time.replace(tzinfo=UTC) for time in times)
        return cls(start, end)

    def __str__(self) -> str:
        return f"{self.start:{TIME}}/{self.end:{TIME}}"

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def select(self, votes: QuerySet[Vote]) -> QuerySet[Vote]:
        """Return those of `votes`, which are of one tool, that were cast or last changed in the window."""
        return votes.filter(changed_at__gte=self.start, changed_at__lt=self.end)


def last_days(days: int, now: datetime) -> TimeWindow:
    """Return the window of the last days (UTC), today included."""
    end = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return TimeWindow(end - timedelta(days=days), end)
