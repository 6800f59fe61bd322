"""A cookie by which a browser that somebody signed in with is recognised. It grants an own budget of attempts only."""

from contextlib import suppress
from datetime import timedelta
from secrets import token_hex

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.sign_in.limits import name_key

COOKIE = "known_device"
MAX_AGE = timedelta(days=90)


def known_device(request: HttpRequest, name: str) -> str | None:
    """Return the id of the browser if `name` signed in with it in the last 90 days."""
    with suppress(KeyError, ValueError, signing.BadSignature):
        value = _signer().unsign(request.COOKIES[COOKIE], max_age=MAX_AGE)
        device, key = value.split(":")
        return device if key == name_key(name) else None
    return None


def remember_device(request: HttpRequest, response: HttpResponse, name: str) -> None:
    device = known_device(request, name) or token_hex(16)
    response.set_cookie(
        COOKIE,
        _signer().sign(f"{device}:{name_key(name)}"),
        max_age=MAX_AGE,
        path=reverse("admin:index"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt="accounts.known_device")
