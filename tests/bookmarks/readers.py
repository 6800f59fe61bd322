"""A reader with a browser, as the tests of bookmarks need one."""

import re
from urllib.parse import urlencode

from django.http import HttpResponse

from accounts.models import Reader
from accounts.networks import network_hash
from accounts.readers import COOKIE, set_cookie

FORM = "application/x-www-form-urlencoded"
HTMX = {"hx-request": "true"}


def make_reader():
    return Reader.objects.create(network=network_hash("192.0.2.7"), nth_in_hour=1)


def sign_in(client, reader):
    """Give the client the cookie of `reader`; return the client."""
    client.cookies[COOKIE] = set_cookie(HttpResponse(), reader).cookies[COOKIE].value
    return client


def token_of(client, page="/me/"):
    return re.search('name="form_token" value="([^"]+)"', client.get(page).content.decode())[1]


def post(client, address, data=(), *, token=None, **headers):
    """Send a form as a page of ours would, with the reader's own token."""
    fields = {"form_token": token_of(client) if token is None else token} | dict(data)
    return client.post(address, urlencode(fields), content_type=FORM, headers=headers)
