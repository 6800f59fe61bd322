"""The cookie of a visitor who has just written something: caches and a replica that lags are not for them.

Its value is the position of the write in the log of Postgres (WAL), as hexadecimal "16/B374D848", read after the
commit: a replica that has replayed the log up to there shows the write. A visitor can set any value; the worst
that it does is to send their own reads to the primary.
"""

import re

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

COOKIE: str = settings.LAST_WRITE_COOKIE_NAME
MAX_AGE = 60  # seconds; a replica that is further behind is not read at all
NOWHERE = "0/0"
POSITION = re.compile(r"([0-9A-F]{1,8})/([0-9A-F]{1,8})")


def set_last_write[Response: HttpResponse](
    response: Response, position: str | None = None
) -> Response:
    """Set the cookie on the answer to a write that is committed; `position` is its own, if it is known."""
    response.set_cookie(
        COOKIE,
        position or (_current_position() if "replica" in settings.DATABASES else NOWHERE),
        max_age=MAX_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def last_write(request: HttpRequest) -> int | None:
    """Return the position that the request's cookie names; None without a cookie, or for no position."""
    return parse_position(request.COOKIES.get(COOKIE, ""))


def parse_position(text: str) -> int | None:
    """Return a position as the number of its byte in the log."""
    if found := POSITION.fullmatch(text):
        high, low = found.groups()
        return (int(high, 16) << 32) | int(low, 16)
    return None


def _current_position() -> str:
    # Not flushed yet after a commit that does not wait for the disk: so the position of inserting.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_insert_lsn()::text")
        return str(cursor.fetchone()[0])
