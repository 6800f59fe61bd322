"""The private feed of what changed, and the page on which its secret address is made, renewed and ended."""

import hashlib
from http import HTTPStatus

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Reader
from accounts.readers import get_reader
from bookmarks import feed_address
from bookmarks.feed import build_feed
from bookmarks.models import FeedAddress
from bookmarks.views.private_response import private_response
from web.form_token import STALE_PAGE, is_from_our_page, make_form_token

NOBODY = "You have no bookmarks in this browser yet. Bookmark a tool first: then there is something to tell."


@require_safe
@cache_control(private=True, no_cache=True)
def bookmark_feed(request, secret):
    """The feed at its secret address: no cookie is looked at."""
    content = build_feed(get_object_or_404(FeedAddress, secret=secret))
    etag = f'"{hashlib.sha256(content.encode()).hexdigest()[:32]}"'
    response = HttpResponse(content, content_type=Atom1Feed.content_type)
    response["ETag"] = etag
    response = get_conditional_response(request, etag=etag, response=response)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "strict-origin"
    return response


@private_response
@csrf_exempt  # checked by web.form_token: reading must set no cookie
@require_http_methods(["GET", "HEAD", "POST"])
def bookmark_feed_settings(request):
    if request.method == "POST":
        return _change(request, feed_address.start_feed)
    return _page(request, get_reader(request))


@private_response
@csrf_exempt
@require_POST
def renew_bookmark_feed(request):
    return _change(request, feed_address.renew_feed)


@private_response
@csrf_exempt
@require_POST
def end_bookmark_feed(request):
    return _change(request, feed_address.end_feed)


def _change(request, action):
    reader = get_reader(request)
    if not is_from_our_page(request, reader and reader.pk):
        return _page(request, reader, STALE_PAGE, HTTPStatus.FORBIDDEN)
    if reader is None:
        return _page(request, None, NOBODY, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        action(reader=reader)
    except Reader.DoesNotExist:  # forgotten in another tab since we looked
        return _page(request, None, NOBODY, HTTPStatus.UNPROCESSABLE_ENTITY)
    return HttpResponseRedirect(reverse("bookmark_feed_settings"), status=303)


def _page(request, reader, message="", status=HTTPStatus.OK):
    kept = reader and FeedAddress.objects.filter(reader=reader).first()
    context = {"reader": reader, "token": make_form_token(reader and reader.pk), "message": message}
    if kept:
        context["made_at"] = kept.made_at
        context["address"] = settings.SITE_URL + reverse("bookmark_feed", args=[kept.secret])
    return render(request, "bookmarks/feed.html", context, status=status)
