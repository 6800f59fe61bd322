"""Adds the staff user of the local site, once."""

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from bin.local.places import LOCAL

if TYPE_CHECKING:
    from django.contrib.auth.models import UserManager

    from accounts.models import User

STAFF_LOGIN = LOCAL / "staff-login.txt"
NAME = "editor"


def make_staff_user(users: "UserManager[User]") -> None:
    """Add a superuser with a random password, unless there is a staff user."""
    if users.filter(is_staff=True).exists():
        return
    password = secrets.token_urlsafe(12)
    # The file first: without it nobody would know the password of the user.
    write_secret(STAFF_LOGIN, f"name {NAME}, password {password}\n")
    users.filter(username=NAME).delete()
    users.create_superuser(NAME, "editor@localhost.localdomain", password)


def write_secret(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
