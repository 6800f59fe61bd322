"""One field for a date and a time, as the browser offers it, in the site's time zone."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime


class DateTimeLocalInput(forms.DateTimeInput):
    """<input type="datetime-local">; with `seconds`, to the second."""

    input_type = "datetime-local"

    def __init__(self, *, seconds: bool = False) -> None:
        if seconds:
            super().__init__(attrs={"step": 1}, format="%Y-%m-%dT%H:%M:%S")
        else:
            super().__init__(format="%Y-%m-%dT%H:%M")

    def format_value(self, value: Any) -> str | None:
        """Also of a text with a time zone, as an address has it: the browser accepts none."""
        parsed = _aware(value) if isinstance(value, str) else None
        return super().format_value(timezone.localtime(parsed) if parsed else value)


def _aware(text: str) -> datetime | None:
    """Return the time that `text` (untrusted) says with its time zone, or None."""
    with suppress(ValueError, OverflowError):
        parsed = parse_datetime(text)
        return parsed if parsed and timezone.is_aware(parsed) else None
    return None


def time_zone_note() -> str:
    """Return the sentence that belongs to every such field."""
    return f"Times are in {timezone.get_current_timezone_name()}."
