"""What a browser sends to sign in, and the codes of an authenticator app."""

import re
from base64 import b32decode

from django.test import Client
from django.urls import reverse

from accounts.sign_in import second_factor
from accounts.sign_in.second_factor import SECONDS, _totp

PASSWORD = "correct horse battery"
WRONG = "incorrect horse battery"


def type_password(client, name="ed", password=PASSWORD, address="192.0.2.1", **fields):
    """Answer the first step of signing in."""
    typed = {"username": name, "password": password, **fields}
    return client.post(reverse("admin:login"), typed, REMOTE_ADDR=address)


def type_code(client, code):
    return client.post(reverse("admin:sign_in_code"), {"code": code}, REMOTE_ADDR="192.0.2.1")


def code_of(secret, steps=0):
    """Return the code that an app shows now, or so many steps of 30 seconds later."""
    return _totp(secret).generate(int(second_factor.time.time()) + steps * SECONDS).decode()


def add_factor(user, client=None):
    """Add a second factor as its owner does; return (secret, recovery codes)."""
    if client is None:
        client = Client()
        client.force_login(user)
    page = client.get(reverse("admin:add_second_factor")).content.decode()
    secret = b32decode(re.search(r'admin-secret">([A-Z2-7 ]+)<', page)[1].replace(" ", ""))
    # The step before the present one, so that a test can use the present one.
    code = {"code": code_of(secret, -1), "password": PASSWORD}
    answer = client.post(reverse("admin:add_second_factor"), code)
    codes = re.findall(r"<code>([a-z2-7-]+)</code>", answer.content.decode())
    assert len(codes) == 10
    return secret, codes


def is_in(client):
    return client.get(reverse("admin:index")).status_code == 200
