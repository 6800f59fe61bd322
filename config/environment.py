"""What must be in the environment, checked together so that one error names everything that is missing."""

import os
import re
from base64 import b64decode
from email.utils import parseaddr
from unicodedata import category
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured
from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.validators import validate_email
from environs import ValidationError, env, validate

from web.server_address import split_server_address

REQUIRED = {
    "SECRET_KEY": "a long random string, kept secret",
    "DATABASE_URL": "postgres://user:password@host:5432/name",
    "ALLOWED_HOSTS": "the host names of the site, separated by commas",
    "SITE_URL": "the address readers use, such as https://shiporskip.example",
    "MAIL_URL": "the mail server, such as smtp://user:password@mail.example",
}
# Providers of many mailboxes, to which many people may subscribe in an hour.
LARGE_MAIL_DOMAINS = [
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "aol.com",
    "icloud.com", "me.com", "proton.me", "protonmail.com", "gmx.de", "gmx.net", "web.de", "t-online.de",
    "orange.fr", "free.fr", "libero.it", "mail.ru", "yandex.ru", "qq.com", "163.com", "naver.com",
]  # fmt: skip
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def require_production_variables() -> None:
    """Raise ImproperlyConfigured, which names every missing variable and what belongs in it."""
    missing = [name for name in REQUIRED if not os.environ.get(name, "").strip()]
    if missing:
        wanted = "; ".join(f"{name} ({REQUIRED[name]})" for name in missing)
        raise ImproperlyConfigured(
            f"Missing from the environment: {wanted}. For a local site run bin/dev instead."
        )


def require_database_url() -> None:
    if not os.environ.get("DATABASE_URL", "").strip():
        raise ImproperlyConfigured(
            "DATABASE_URL is not set: run bin/dev for a local site, bin/manage for a command of manage.py "
            "and bin/test for tests, which start a local Postgres."
        )


def is_signing_key(text: str) -> None:
    """Raise ValidationError unless `text` is a private Ed25519 key, 32 bytes in Base64. It is not repeated."""
    try:
        is_key = len(b64decode(text, validate=True)) in (0, 32)
    except ValueError:
        is_key = False
    if not is_key:
        raise ValidationError("A signing key is 32 random bytes in Base64.")


def is_time_zone(name: str) -> None:
    """Raise ValidationError unless `name` is a time zone of the IANA database ("Europe/Berlin")."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValidationError(f"{name!r} is not a time zone such as Europe/Berlin.") from None


def is_site_address(address: str) -> None:
    """Raise ValidationError unless `address` is an origin as browsers write it: cookies and HSTS depend on its scheme."""
    if not re.fullmatch(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?/?", address):
        raise ValidationError(
            f"{address!r} is not an address such as https://shiporskip.example: http:// or https://, a host in lower "
            "case, perhaps a port, and nothing after it."
        )


def are_host_names(hosts: list[str]) -> None:
    """Raise ValidationError unless each can be the host of a request: Django compares them without a port."""
    for host in hosts:
        if not re.fullmatch(r"\*|\.?[A-Za-z0-9_-][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\]", host):
            raise ValidationError(
                f"{host!r} is not a host name: write it without https://, port or path."
            )


def is_postgres_address(address: str) -> None:
    """Raise ValidationError, whose message has no password, unless it is the address of a Postgres database."""
    split_server_address(
        address,
        schemes=("postgres", "postgresql"),
        example="postgres://user:password@host:5432/name",
    )


def is_cache_address(address: str) -> None:
    if address:
        schemes = ("redis", "rediss", "valkey", "valkeys", "unix")
        split_server_address(address, schemes=schemes, example="redis://host:6379/0")


def is_postgres_duration(duration: str) -> None:
    """Raise ValidationError unless Postgres can read it as a limit in time."""
    if not re.fullmatch(r"\d+(ms|s|min|h)?", duration):
        raise ValidationError(f"{duration!r} is not a time such as 500ms, 10s or 2min.")


def is_sender(sender: str) -> None:
    """Raise ValidationError unless it is one mailbox, with or without a name."""
    try:
        validate_email(parseaddr(sender, strict=True)[1])
    except DjangoValidationError:
        raise ValidationError(
            f"{sender!r} is not a sender such as Ship or Skip <newsletter@shiporskip.example>."
        ) from None
    is_one_line(sender)


def is_one_line(text: str) -> None:
    if any(category(character) in {"Cc", "Zl", "Zp"} for character in text):
        raise ValidationError("It has to be one line.")


def room(name: str, at_once: int, per_hour: int) -> tuple[int, int]:
    """Return how often something may happen at once and per hour: NAME_AT_ONCE and NAME_PER_HOUR."""
    at_least_one = validate.Range(min=1)
    return (
        env.int(f"{name}_AT_ONCE", at_once, validate=at_least_one),
        env.int(f"{name}_PER_HOUR", per_hour, validate=at_least_one),
    )


def is_contact_list(contacts: list[str]) -> None:
    """Raise ValidationError unless each is a URI that RFC 9116 allows as a Contact."""
    for contact in contacts:
        if not re.fullmatch(r"(https://|mailto:|tel:)[!-~]+", contact):
            raise ValidationError(f"{contact!r} does not start with mailto:, https:// or tel:.")


def is_https_address(address: str) -> None:
    if address and not re.fullmatch(r"https://[!-~]+", address):
        raise ValidationError(f"{address!r} does not start with https://.")


def is_sentry_dsn(address: str) -> None:
    """Raise ValidationError, without the key, unless it is empty or as Sentry gives it to a project."""
    if address and not re.fullmatch(r"https?://[0-9A-Za-z]+@[^\s@/]+/(?:[^\s@]+/)?\d+", address):
        raise ValidationError("It is not an address such as https://key@sentry.example/1.")
