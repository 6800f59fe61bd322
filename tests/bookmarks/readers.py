"""A reader with a browser, as the tests of bookmarks need one."""

from urllib.parse import urlencode

from django.http import HttpResponse

from accounts.models import Reader
from accounts.networks import network_hash
from accounts.readers import COOKIE, set_cookie
from bookmarks.models import Bookmark

FORM = "application/x-www-form-urlencoded"
HTMX = {"hx-request": "true"}


def make_reader():
    return Reader.objects.create(network=network_hash("192.0.2.7"))


def keep(reader, tool, **fields):
    return Bookmark.objects.create(reader=reader, tool=tool, saved_as=tool.name, **fields)


def sign_in(client, reader):
    """Give the client the cookie of `reader`; return the client."""
    client.cookies[COOKIE] = set_cookie(HttpResponse(), reader).cookies[COOKIE].value
    return client


def post(client, address, data=(), **headers):
    return client.post(address, urlencode(dict(data)), content_type=FORM, headers=headers)
