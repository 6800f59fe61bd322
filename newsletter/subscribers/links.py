"""The signed links of a subscriber's own: no account, no cookie, and nothing in them names anybody.

A link carries the subscriber's `key` and a signature. All links of one subscriber carry one token, so
that a sender signs once per mail; only a confirmation is signed apart, with the time, and expires.
"""

import uuid
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

CONFIRM_WITHIN = timedelta(days=7)


def subscriber_token(key):
    """The token of the subscriber whose `key` (UUID) it is: letters, digits, "-", "_" and one ":"."""
    return _signer().sign(key.hex)


def read_subscriber_token(token):
    """The key that `token` was made for, for ever; None for a forged or damaged one."""
    with suppress(signing.BadSignature, ValueError):
        return uuid.UUID(hex=_signer().unsign(token))
    return None


def confirmation_token(key):
    return _confirmation_signer().sign(key.hex)


def read_confirmation_token(token):
    """(key, whether the token is still in time); (None, False) for a forged or damaged one."""
    with suppress(signing.BadSignature, ValueError):
        key = uuid.UUID(hex=_confirmation_signer().unsign(token))
        with suppress(signing.SignatureExpired):
            _confirmation_signer().unsign(token, max_age=CONFIRM_WITHIN)
            return key, True
        return key, False
    return None, False


def address_of(name, token):
    """The whole address (with SITE_URL) of the page `name` for the holder of `token`."""
    return settings.SITE_URL + reverse(name, args=[token])


def _signer():
    return signing.Signer(salt="newsletter.links")


def _confirmation_signer():
    return signing.TimestampSigner(salt="newsletter.confirmation")
