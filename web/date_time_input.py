"""One field for a date and a time, as the browser offers it, in the site's time zone."""

from django import forms
from django.utils import timezone


class DateTimeLocalInput(forms.DateTimeInput):
    """<input type="datetime-local">; with `seconds`, to the second."""

    input_type = "datetime-local"

    def __init__(self, *, seconds: bool = False) -> None:
        if seconds:
            super().__init__(attrs={"step": 1}, format="%Y-%m-%dT%H:%M:%S")
        else:
            super().__init__(format="%Y-%m-%dT%H:%M")


def time_zone_note() -> str:
    """Return the sentence that belongs to every such field."""
    return f"Times are in {timezone.get_current_timezone_name()}."
