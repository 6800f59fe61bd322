"""Who an anonymous reader is: a random id in a signed cookie, made at the first vote or bookmark."""

import uuid
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import Reader
from accounts.networks import network_hash
from accounts.rate_limits import increment

COOKIE = "reader"
MAX_AGE = timedelta(days=400)  # the longest that browsers keep a cookie


def reader_id(request: HttpRequest) -> uuid.UUID | None:
    """The id (UUID) in the request's cookie, or None. A forged, old or damaged cookie is no cookie.

    Reads no database: the id may be one that the reader had forgotten (`Reader` row deleted).
    """
    with suppress(KeyError, ValueError, signing.BadSignature):
        return uuid.UUID(_signer().unsign(request.COOKIES[COOKIE], max_age=MAX_AGE))
    return None


def get_reader(request: HttpRequest) -> Reader | None:
    """The Reader of the request, or None."""
    known = reader_id(request)
    return Reader.objects.filter(pk=known).first() if known else None


def make_reader(address: str) -> Reader:
    network = network_hash(address)
    hour = timezone.now().strftime("%Y-%m-%dT%H")
    counter = f"newcomers:{network.hex()}:{hour}"
    return Reader.objects.create(network=network, nth_in_hour=increment(counter))


def set_cookie[Response: HttpResponse](response: Response, reader: Reader) -> Response:
    """Put the reader's id into the answer's cookie, for another 400 days and under the newest key."""
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
    """Take the reader's id out of the browser."""
    response.delete_cookie(COOKIE, samesite="Lax")
    return response


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt="accounts.reader")
