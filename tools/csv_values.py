"""Cells of an imported CSV file as values. What could be misread is refused, with the form that is accepted.

Each function raises ValueError with a sentence for staff.
"""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Field
from import_export.widgets import Widget

from tools.facts import NO, YES

ISO_LENGTH = len("2026-02-01")


class IsoDateWidget(Widget):
    """A date as 2026-02-01; 01/02/2026 has two readings."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> date | None:
        text = (value or "").strip()
        if not text:
            return None
        try:
            if len(text) == ISO_LENGTH:
                return date.fromisoformat(text)
        except ValueError:
            pass
        raise ValueError(f"“{text}” is not a date. Write year, month and day: 2026-02-01.")

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.isoformat() if value else ""


class YesNoWidget(Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        text = (value or "").strip()
        if text.lower() not in YES | NO:
            raise ValueError(f"“{text}” is neither yes nor no. Write yes or no.")
        return text.lower() in YES

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "yes" if value else "no"


def refuse_unknown_choice(field: "Field[Any, Any]", value: str) -> None:
    """Raise ValueError if `field` has choices and `value` is none of them, in words that list them."""
    codes = [str(code) for code, _ in field.flatchoices if code]
    if not codes or value in codes or (field.blank and not value):
        return
    empty = ", or leave the cell empty" if field.blank else ""
    raise ValueError(f"“{value}” is not allowed. Write one of {', '.join(codes)}{empty}.")


def as_value_error(error: ValidationError) -> ValueError:
    return ValueError(" ".join(error.messages))
