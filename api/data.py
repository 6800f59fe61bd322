"""What an answer is made of: schemas, pages of a list, and figures that several endpoints say."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Self
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from ninja import Query
from pydantic import BaseModel, ConfigDict

from tools.past_day import ON, PastDay

MOST = 100


class Data(BaseModel):
    """Not ninja's `Schema`, which reads every value through a wrapper for model instances: half of the time of a list."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    @classmethod
    def of(cls, **values: Any) -> Self:
        """Return one of codes that the type checker knows as text, and that are checked here."""
        return cls(**values)


class Page[Item](Data):
    """A part of a list, in an order in which new rows come last."""

    items: list[Item]
    next: str | None
    """The address of the next part; null at the end."""


Limit = Annotated[int, Query(ge=1, le=MOST, description="The most items to return.")]
# Row ids have at most 18 digits; "after 0" is the beginning.
RowCursor = Annotated[
    str,
    Query(
        pattern="^[0-9]{1,18}$",
        description="Opaque: “next” of the previous part.",
    ),
]
SLUG = "^[a-z0-9-]+$"
CategorySlug = Annotated[
    str, Query(max_length=80, pattern="^[a-z0-9-]*$", description="The slug of a category.")
]
PAGING = ("cursor", "limit")


def page[Row](
    request: HttpRequest, rows: Sequence[Row], limit: int, cursor: Callable[[Row], object]
) -> tuple[Sequence[Row], str | None]:
    """Return the first `limit` of `rows`, of which one more was read, and the address of the next part."""
    shown = rows[:limit]
    return shown, next_url(request, cursor(shown[-1])) if len(rows) > limit else None


def next_url(request: HttpRequest, cursor: object) -> str:
    kept = {
        name: request.GET[name] for name in ("category", "tool", "limit") if name in request.GET
    }
    query = urlencode(kept | {"cursor": str(cursor)})
    return f"{settings.SITE_URL}{request.path}?{query}"


def page_url(path: str, day: PastDay | None = None) -> str:
    """Return the address of a page of the site, of today or of a day of the past."""
    return settings.SITE_URL + path + (f"?{ON}={day.day.isoformat()}" if day else "")


def number(value: Any) -> int | float | None:
    """Return a figure as JSON has it: whole where it is whole."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)
