"""The parameter `on`: an answer as it was at the end of a day."""

from typing import Annotated

from django.http import HttpRequest
from pydantic import WithJsonSchema

from tools.past_day import ON, PastDay, read_day

# It describes the parameter in the OpenAPI document; `asked_day` reads it, because ninja would take the last of several.
OnDay = Annotated[
    str,
    WithJsonSchema(
        {
            "type": "string",
            "format": "date",
            "description": (
                "A day (UTC) from the publication of the tool on: the answer is what it was at the end of that day, or "
                "of today, what holds so far."
            ),
            "examples": ["2026-10-01"],
        }
    ),
]


def asked_day(request: HttpRequest) -> PastDay | None:
    """Return the day that a request asks for; None for the present.

    Raises InvalidDayError, and NothingThenError for a day that has not come yet.
    """
    return read_day(request.GET.getlist(ON)) if ON in request.GET else None
