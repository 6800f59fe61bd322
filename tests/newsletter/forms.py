"""A reader at the newsletter's forms, and at the links of its mails."""

from datetime import timedelta
from time import time
from unittest.mock import patch
from urllib.parse import urlencode

from django.http import HttpResponse

from accounts.readers import COOKIE, make_reader, set_cookie
from bookmarks.models import Bookmark
from newsletter.subscribers import links
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
    body = urlencode({"form_token": token, "place": "footer", "email": email} | fields)
    return client.post(address, body, content_type=FORM, headers=dict(headers))


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
    reader = make_reader("127.0.0.1")
    for tool in tools:
        Bookmark.objects.create(reader=reader, tool=tool, saved_as=tool.name)
    client.cookies[COOKIE] = set_cookie(HttpResponse(), reader).cookies[COOKIE].value
    return reader
