"""What pages of a past day share: the line that says so, how to cite a page, and errors in words."""

from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from tools.past_day import ON, InvalidDayError, NothingThenError, PastDay, past_day
from web.markdown_page import render_page


@dataclass(frozen=True)
class Dated:
    """`query` is what its address ends with."""

    day: PastDay
    today_url: str

    @property
    def query(self) -> str:
        return query_of(self.day)


@dataclass(frozen=True)
class Citation:
    """The title of a page, and the address at which it stays as it was at the end of a day."""

    day: PastDay
    text: str


def query_of(day: PastDay) -> str:
    return f"?{ON}={day.day.isoformat()}"


def citation(title: str, path: str, day: PastDay | None = None) -> Citation:
    """Return how to cite a page at `path`, as it was at the end of a day; by default of the present one."""
    day = day or past_day(timezone.now().date())
    address = f"{settings.SITE_URL}{path}{query_of(day)}"
    return Citation(day, f"“{title}”. {settings.SITE_NAME}, {day.text} (UTC). {address}")


def no_page(
    request: HttpRequest, error: InvalidDayError | NothingThenError, today_url: str
) -> HttpResponse:
    is_invalid = isinstance(error, InvalidDayError)
    context = {"is_invalid": is_invalid, "sentence": str(error), "today_url": today_url}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_invalid else HTTPStatus.NOT_FOUND
    return render_page(request, "pages/dated/no_page", context, status)
