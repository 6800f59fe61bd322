"""The private feed of what changed, and the page on which its secret address is made, renewed and ended."""

import hashlib
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.models import Reader
from accounts.visitors import Visitor, reader_view
from bookmarks import feed_address
from bookmarks.feed import build_feed
from bookmarks.models import FeedAddress
from bookmarks.views.private_response import private_response
from web.responses import see_other

NO_BOOKMARKS = "You have no bookmarks in this browser yet. Bookmark a tool first."


@require_safe
@cache_control(private=True, no_cache=True)
@private_response
def bookmark_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The feed at its secret address. No cookie is read."""
    content = build_feed(get_object_or_404(FeedAddress, secret=secret))
    etag = f'"{hashlib.sha256(content.encode()).hexdigest()[:32]}"'
    response = HttpResponse(content, content_type=Atom1Feed.content_type)
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response


@private_response
@reader_view("GET", "HEAD", "POST")
def bookmark_feed_settings(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    if request.method == "POST":
        return _change(request, visitor, feed_address.start_feed)
    return _page(request, visitor.reader)


@private_response
@reader_view("POST")
def renew_bookmark_feed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    return _change(request, visitor, feed_address.renew_feed)


@private_response
@reader_view("POST")
def end_bookmark_feed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    return _change(request, visitor, feed_address.end_feed)


def _change(request: HttpRequest, visitor: Visitor, action: Callable[..., object]) -> HttpResponse:
    """Change the feed of a reader. This never creates a reader, even if theirs was deleted in another tab."""
    if visitor.reader is None:
        return _no_bookmarks(request)
    try:
        action(reader=visitor.reader)
    except Reader.DoesNotExist:
        return _no_bookmarks(request)
    return see_other(reverse("bookmark_feed_settings"))


def _no_bookmarks(request: HttpRequest) -> HttpResponse:
    return _page(request, None, NO_BOOKMARKS, HTTPStatus.UNPROCESSABLE_ENTITY)


def _page(
    request: HttpRequest,
    reader: Reader | None,
    message: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    feed = FeedAddress.objects.filter(reader=reader).first() if reader else None
    context: dict[str, object] = {"reader": reader, "message": message}
    if feed:
        context["made_at"] = feed.made_at
        context["address"] = settings.SITE_URL + reverse("bookmark_feed", args=[feed.secret])
    return render(request, "bookmarks/feed.html", context, status=status)
