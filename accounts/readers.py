"""The identity of an anonymous reader: a random id in a signed cookie, set by the first vote or bookmark."""

import uuid
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.models import Reader

COOKIE = "reader"
MAX_AGE = timedelta(days=400)  # the longest that browsers keep a cookie


def reader_id(request: HttpRequest) -> uuid.UUID | None:
    """The id in the request's cookie, or None. A forged, expired or damaged cookie counts as none.

    Reads no database: the `Reader` row of the id may have been deleted.
    """
    with suppress(KeyError, ValueError, signing.BadSignature):
        return uuid.UUID(_signer().unsign(request.COOKIES[COOKIE], max_age=MAX_AGE))
    return None


def make_reader(network: bytes) -> Reader:
    """Make a reader who comes from `network`, a hash of `accounts.networks`."""
    return Reader.objects.create(network=network)


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


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt="accounts.reader")
