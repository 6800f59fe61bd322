"""A day of the past at whose end readers ask to see the catalogue: `?on=2026-10-01`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.utils import timezone
from django.utils.formats import date_format

# The query parameter, on pages and in the API.
ON = "on"
LONGEST_SHOWN = 40
PATTERN = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
HOW = "Write year, month and day: 2026-10-01."


class InvalidDayError(ValueError):
    """What was asked for is no day. The message is a sentence for readers."""


class NothingThenError(Exception):
    """There is nothing to show of that day. The message is a sentence for readers."""


@dataclass(frozen=True)
class PastDay:
    """A day (UTC). `until` is the last moment that counts: its end, or of today, the present."""

    day: date
    until: datetime

    @property
    def is_over(self) -> bool:
        return self.until == end_of(self.day)

    @property
    def text(self) -> str:
        return date_format(self.day, "j F Y")


def read_day(values: Sequence[str]) -> PastDay:
    """Return the day that the values of the parameter (untrusted) name.

    Raises InvalidDayError where they are not one date, and NothingThenError for a day that has not come yet.
    """
    if len(values) != 1:
        raise InvalidDayError(f"“{ON}” is given {len(values)} times. Give one date.")
    return past_day(_date(values[0].strip()))


def past_day(day: date) -> PastDay:
    """Raises NothingThenError for a day that has not come yet."""
    now = timezone.now()
    if day > now.date():
        today, asked = date_format(now.date(), "j F Y"), date_format(day, "j F Y")
        raise NothingThenError(f"{asked} is in the future: today is {today} (UTC).")
    return PastDay(day, min(end_of(day), now))


def end_of(day: date) -> datetime:
    """Return the last microsecond of a day (UTC)."""
    return datetime.combine(day, time.max, UTC)


def _date(text: str) -> date:
    if not text:
        raise InvalidDayError(f"“{ON}” is empty. {HOW}")
    try:
        if PATTERN.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise InvalidDayError(f"“{text[:LONGEST_SHOWN]}” is not a date. {HOW}")
