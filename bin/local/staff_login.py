"""The staff user of the local site, made once."""

import os
import secrets

from bin.local.places import LOCAL

STAFF_LOGIN = LOCAL / "staff-login.txt"
NAME = "editor"


def make_staff_user(users):
    """Make a superuser with a random password, unless there is somebody who can log in to the admin."""
    if users.filter(is_staff=True).exists():
        return
    password = secrets.token_urlsafe(12)
    # Written first: a user whose password nobody knows would be there for good.
    write_secret(STAFF_LOGIN, f"name {NAME}, password {password}\n")
    users.filter(username=NAME).delete()
    users.create_superuser(NAME, "editor@localhost.localdomain", password)


def write_secret(path, text):
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
