"""Validate and compare email addresses.

An address is stored as typed, except that its domain is in lower-case ASCII (IDNA 2008 with the mapping of
browsers, UTS 46). Two addresses that differ only in case are the same.
"""

import hmac
import re

import idna
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

MAX_LENGTH = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets
CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
SEPARATORS = re.compile(r"[,;<>\s]")
# What every mail server accepts: no quotes, no comments and only ASCII, since other letters need SMTPUTF8
# on every server on the way.
LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.I)

is_address = EmailValidator(allowlist=[])


def clean_address(typed: str) -> str:
    """Return the address as it is stored. Raises ValidationError with a message for readers."""
    if len(typed) > MAX_LENGTH * 4 or CONTROL_CHARACTERS.search(typed.strip(" ")):
        raise _invalid_address()
    typed = typed.strip()
    if SEPARATORS.search(typed) or typed.count("@") > 1:
        raise ValidationError("Enter one address only, without a name: ada@example.org.")
    local, at, domain = typed.rpartition("@")
    if not at:
        raise _invalid_address()
    if not local.isascii():
        raise ValidationError(
            "Enter an address with only letters from a to z, digits and symbols before the @. "
            "Not every mail server accepts other letters."
        )
    address = f"{local}@{_ascii_domain(domain)}"
    if len(local) > 64 or len(address) > MAX_LENGTH or not LOCAL_PART.fullmatch(local):
        raise _invalid_address()
    try:
        is_address(address)
    except ValidationError as error:
        raise _invalid_address() from error
    return address


def address_hash(email: str) -> str:
    """Return the keyed hash (hex) of the address, ignoring case."""
    return address_hashes(email)[0]


def address_hashes(email: str) -> list[str]:
    """Return the hashes of the address under the current and the earlier secret keys."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [
        hmac.digest(key.encode(), b"newsletter.address:" + email.lower().encode(), "sha256").hex()
        for key in keys
    ]


def domain_of(email: str) -> str:
    """Return the domain of an address, in lower case."""
    return email.rpartition("@")[2].lower()


def mailbox_hash(email: str) -> str:
    """Return the keyed hash (hex) of the mailbox that an address leads to.

    "ada+news@" leads to the mailbox of "ada@" at most providers. Gmail ignores dots too and has two domains.
    """
    local, _, domain = email.lower().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in {"gmail.com", "googlemail.com"}:
        local, domain = local.replace(".", ""), "gmail.com"
    return address_hash(f"{local}@{domain}")


def _ascii_domain(domain: str) -> str:
    try:
        return idna.encode(domain, uts46=True).decode().lower()
    except idna.IDNAError as error:  # empty labels, address literals, forbidden characters
        raise _invalid_address() from error


def _invalid_address() -> ValidationError:
    return ValidationError("Enter a valid email address, for example ada@example.org.")
