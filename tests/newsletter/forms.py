"""A reader at the newsletter's forms."""

from time import time
from unittest.mock import patch
from urllib.parse import urlencode

from web.form_token import make_form_token

FORM = "application/x-www-form-urlencoded"
HTMX = {"hx-request": "true"}


def token_of_age(seconds):
    """A form's token as it was given out so many seconds ago."""
    with patch("time.time", return_value=time() - seconds):
        return make_form_token()


def send(
    client, email="ada@example.org", address="/newsletter/", *, token=None, headers=(), **fields
):
    """Fill in and send the form, as a person who took ten seconds for it."""
    token = token_of_age(10) if token is None else token
    body = urlencode({"form_token": token, "form": "footer", "email": email} | fields)
    return client.post(address, body, content_type=FORM, headers=dict(headers))
