"""What is an email address here, and when two are the same.

An address is kept as it was typed, but for its domain, which is in lower-case ASCII (IDNA 2008, mapped as
browsers do, UTS 46). Two that differ in case only are one.
"""

import hmac
import re

import idna
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

LONGEST = 254  # RFC 5321 §4.5.3.1.3, without its angle brackets
SPOILT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
SEVERAL = re.compile(r"[,;<>\s]")
# What every mail server takes: no quotes, no comments, and nothing outside ASCII, which only servers
# with SMTPUTF8 take, on the whole way.
LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.I)

is_address = EmailValidator(allowlist=[])


def clean_address(typed):
    """The address that was `typed`, as it is kept. Raises ValidationError, in words for a reader."""
    if len(typed) > LONGEST * 4 or SPOILT.search(typed.strip(" ")):
        raise _refusal()
    typed = typed.strip()
    if SEVERAL.search(typed) or typed.count("@") > 1:
        raise ValidationError("Enter one address only, without a name: ada@example.org.")
    local, at, domain = typed.rpartition("@")
    if not at:
        raise _refusal()
    if not local.isascii():
        raise ValidationError(
            "We cannot write to an address with such letters before the @: not every mail server on the way takes them."
        )
    address = f"{local}@{_ascii_domain(domain)}"
    if len(local) > 64 or len(address) > LONGEST or not LOCAL_PART.fullmatch(local):
        raise _refusal()
    try:
        is_address(address)
    except ValidationError as error:
        raise _refusal() from error
    return address


def address_hash(email):
    """Stands for the address, whatever its case, where the address itself is not kept."""
    return _hashes(email)[0]


def address_hashes(email):
    """The hashes of the address under all keys of the site, also those it had before."""
    return _hashes(email)


def _hashes(email):
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [
        hmac.digest(key.encode(), b"newsletter.address:" + email.lower().encode(), "sha256").hex()
        for key in keys
    ]


def _ascii_domain(domain):
    try:
        return idna.encode(domain, uts46=True).decode().lower()
    except idna.IDNAError as error:  # empty labels, literals, and letters that no domain has
        raise _refusal() from error


def _refusal():
    return ValidationError(
        "That is no email address that we can write to. Example: ada@example.org."
    )
