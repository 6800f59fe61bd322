"""Pages for the holder of a link from one of our emails.

The signed token in the address authenticates the subscriber, because it is only sent to their mailbox. So
these pages need no account and no cookie. GET never changes anything, and a POST must come from this site.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.models import Reader
from accounts.visitors import Visitor, reader_view
from bookmarks.models import Bookmark
from newsletter.models import Subscriber
from newsletter.subscribers.links import read_subscriber_token, subscriber_token
from web.responses import see_other

FORGED = "This address is incomplete or not valid. Open the link in the email again."
GONE = "This subscription no longer exists: its data was deleted."


def subscriber_page(
    *methods: str, read: Callable[[str], UUID | None] = read_subscriber_token
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Decorate `view(request, visitor, subscriber)` for the holder of the token in the address.

    `read(token)` returns the subscriber's key or None. A forged token is answered with 404, one of a
    subscriber whose data was deleted with 410.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @reader_view(*methods)
        @wraps(view)
        def answer(request: HttpRequest, visitor: Visitor, token: str) -> HttpResponse:
            key = read(token)
            if key is None:
                return invalid_link(request, HTTPStatus.NOT_FOUND, FORGED)
            subscriber = Subscriber.objects.filter(key=key).first()
            if subscriber is None:
                return invalid_link(request, HTTPStatus.GONE, GONE)
            response = view(request, visitor, subscriber)
            response["X-Robots-Tag"] = "noindex"
            return response

        return answer

    return decorate


def invalid_link(request: HttpRequest, status: HTTPStatus, message: str) -> HttpResponse:
    return render(request, "newsletter/invalid_link.html", {"message": message}, status=status)


def token_of(request: HttpRequest) -> str:
    match: Any = request.resolver_match
    return match.kwargs["token"]


def reader_with_bookmarks(visitor: Visitor) -> tuple[Reader | None, int]:
    """The Reader of this browser and how many bookmarks they have; (None, 0) without any."""
    reader = visitor.reader
    bookmarks = Bookmark.objects.of(reader.pk).shown().count() if reader else 0
    return (reader, bookmarks) if bookmarks else (None, 0)


def to_page(name: str, subscriber: Subscriber, query: str = "") -> HttpResponse:
    """Lead to the subscriber's page of this name, which shows the result."""
    return see_other(reverse(name, args=[subscriber_token(subscriber.key)]) + query)
