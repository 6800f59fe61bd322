"""What must be in the environment, checked in one go so that an operator is told everything at once."""

import os
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured
from environs import ValidationError

REQUIRED = {
    "SECRET_KEY": "a long random string, kept secret",
    "DATABASE_URL": "postgres://user:password@host:5432/name",
    "ALLOWED_HOSTS": "host names the site answers to, divided by commas",
    "SITE_URL": "the address readers use, such as https://shiporskip.example",
    "MAIL_URL": "the mail server, such as smtp://user:password@mail.example",
}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def require_production_variables():
    """Raise ImproperlyConfigured that names every missing variable and what belongs in it."""
    missing = [name for name in REQUIRED if not os.environ.get(name, "").strip()]
    if missing:
        wanted = "; ".join(f"{name} ({REQUIRED[name]})" for name in missing)
        raise ImproperlyConfigured(
            f"Missing from the environment: {wanted}. For a local site run bin/dev instead."
        )


def is_time_zone(name):
    """Refuse what names no time zone of the IANA database ("Europe/Berlin")."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValidationError(f"{name!r} is no time zone, such as Europe/Berlin.") from None
