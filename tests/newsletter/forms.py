"""A reader who uses the forms of the newsletter and the links in its emails."""

from datetime import timedelta
from time import time
from unittest.mock import patch
from urllib.parse import urlencode

from django.http import HttpResponse

from accounts.networks import network_hash
from accounts.readers import COOKIE, make_reader, set_cookie
from bookmarks.models import Bookmark
from newsletter.subscribers import links

FORM = "application/x-www-form-urlencoded"
HTMX = {"hx-request": "true"}


def send(
    client,
    email="ada@example.org",
    address="/newsletter/",
    *,
    headers=(),
    remote="127.0.0.1",
    **fields,
):
    """Fill in and send the form from the address `remote`."""
    body = urlencode({"place": "footer", "email": email} | fields)
    return client.post(address, body, content_type=FORM, headers=dict(headers), REMOTE_ADDR=remote)


def confirm_address(subscriber, days_ago=0):
    then = time() - timedelta(days=days_ago).total_seconds()
    with patch("time.time", return_value=then):
        return f"/newsletter/confirm/{links.confirmation_token(subscriber.key)}/"


def address(name, subscriber, more=""):
    return f"/newsletter/{name}/{links.subscriber_token(subscriber.key)}/{more}"


def post(client, path, data="", content_type=FORM, **headers):
    return client.post(path, data, content_type=content_type, headers=headers)


def with_bookmarks(client, *tools):
    """Let the client be a reader who keeps `tools`; returns the Reader."""
    reader = make_reader(network_hash("127.0.0.1"))
    for tool in tools:
        Bookmark.objects.create(reader=reader, tool=tool, saved_as=tool.name)
    client.cookies[COOKIE] = set_cookie(HttpResponse(), reader).cookies[COOKIE].value
    return reader
