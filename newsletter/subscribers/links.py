"""A subscriber's personal links: signed, without an account or a cookie, and without personal data.

A link holds the subscriber's `key` and a signature. All links of a subscriber share one token, so an email
needs one signature. Only the confirmation link of double opt-in has its own, with a time, and expires.
"""

import uuid
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

CONFIRM_WITHIN = timedelta(days=7)


def subscriber_token(key: uuid.UUID) -> str:
    """Return the token for a subscriber's `key`: letters, digits, "-", "_" and one ":"."""
    return _signer().sign(key.hex)


def read_subscriber_token(token: str) -> uuid.UUID | None:
    """Return the key in `token`, which never expires; None for a forged or damaged one."""
    with suppress(signing.BadSignature, ValueError):
        return uuid.UUID(hex=_signer().unsign(token))
    return None


def confirmation_token(key: uuid.UUID) -> str:
    return _confirmation_signer().sign(key.hex)


def read_confirmation_token(token: str) -> tuple[uuid.UUID | None, bool]:
    """Return (key, whether the token is still valid); (None, False) for a forged or damaged one."""
    with suppress(signing.BadSignature, ValueError):
        key = uuid.UUID(hex=_confirmation_signer().unsign(token))
        with suppress(signing.SignatureExpired):
            _confirmation_signer().unsign(token, max_age=CONFIRM_WITHIN)
            return key, True
        return key, False
    return None, False


def address_of(name: str, token: str) -> str:
    """Return the absolute URL of the page `name` for the holder of `token`."""
    return settings.SITE_URL + reverse(name, args=[token])


def _signer() -> signing.Signer:
    return signing.Signer(salt="newsletter.links")


def _confirmation_signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt="newsletter.confirmation")
