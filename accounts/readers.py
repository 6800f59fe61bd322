"""The identity of an anonymous reader: a random id in a signed cookie, set by the first vote or bookmark.

The cookie's own time says when the reader was last seen, so a visit costs a write once a day and no query
otherwise.
"""

import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import wraps
from typing import Any, NamedTuple

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.models import Reader, today

COOKIE: str = settings.READER_COOKIE_NAME
MAX_AGE = timedelta(days=400)  # the longest that browsers keep a cookie
SEEN_FOR = timedelta(days=1)


class SignedReader(NamedTuple):
    """What a verified cookie says: a reader, and how many seconds ago it was signed."""

    reader_id: uuid.UUID
    age: float


def reader_id(request: HttpRequest) -> uuid.UUID | None:
    """The id in the request's cookie, or None. A forged, expired or damaged cookie counts as none.

    Reads no database: the `Reader` row of the id may have been deleted.
    """
    signed = _read_cookie(request)
    return signed.reader_id if signed else None


def make_reader(network: bytes) -> Reader:
    """Make a reader who comes from `network`, a hash of `accounts.networks`."""
    return Reader.objects.create(network=network)


def store_visit[Response: HttpResponse](request: HttpRequest, response: Response) -> Response:
    """Store that the reader of the request's cookie was here, and renew the cookie; at most once a day."""
    signed = _read_cookie(request)
    if signed is None or signed.age <= SEEN_FOR.total_seconds():
        return response
    reader = Reader(pk=signed.reader_id)
    unseen = Reader.objects.filter(pk=reader.pk, seen_on__lt=today())
    return set_cookie(response, reader) if unseen.update(seen_on=today()) else response


def stores_visit(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a view that readers load with every page."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return store_visit(request, view(request, *args, **kwargs))

    return answer


def set_cookie[Response: HttpResponse](response: Response, reader: Reader) -> Response:
    """Set the cookie with the reader's id for another 400 days, signed with the newest key."""
    response.set_cookie(
        COOKIE,
        _signer().sign(reader.pk.hex),
        max_age=MAX_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def clear_cookie[Response: HttpResponse](response: Response) -> Response:
    """Delete the reader's cookie from the browser."""
    response.delete_cookie(COOKIE, samesite="Lax")
    return response


def _read_cookie(request: HttpRequest) -> SignedReader | None:
    """Return what the cookie says, verified once for each request."""
    if not hasattr(request, "signed_reader"):
        request.signed_reader = _verify(request.COOKIES.get(COOKIE, ""))  # type: ignore[attr-defined]
    signed: SignedReader | None = request.signed_reader  # type: ignore[attr-defined]
    return signed


def _verify(cookie: str) -> SignedReader | None:
    with suppress(ValueError, signing.BadSignature):
        code = _signer().unsign(cookie, max_age=MAX_AGE)
        signed_at = signing.b62_decode(cookie.rsplit(":", 2)[1])
        return SignedReader(uuid.UUID(code), time.time() - signed_at)
    return None


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt="accounts.reader")
