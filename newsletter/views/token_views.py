"""Pages for who holds a link from one of our mails.

The signed token in the address is the proof: it is made for one subscriber, sent to their mailbox alone, and
no other site can know it. So these pages need no account and no cookie, and their forms no further token
against forgery: who could forge the POST could open the page as well. GET never changes anything.
"""

from functools import wraps
from http import HTTPStatus

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.networks import network_hash
from accounts.readers import get_reader
from bookmarks.models import Bookmark
from newsletter.models import Subscriber
from newsletter.subscribers.actions import ConsentSource
from newsletter.subscribers.links import read_subscriber_token, subscriber_token
from web.client_address import client_address

FORGED = (
    "This address is not complete, or was never one of ours. Open the link in the mail once more."
)
GONE = "The subscription of this link is not there any more: its data were deleted."


def subscriber_page(*methods, read=read_subscriber_token):
    """Decorate `view(request, subscriber)` for the holder of the token in the address.

    `read(token)` returns the subscriber's key or None. A forged token is answered with 404, one of a
    subscriber whose data were deleted with 410.
    """

    def decorate(view):
        @never_cache
        @csrf_exempt
        @require_http_methods(methods)
        @wraps(view)
        def answer(request, token):
            key = read(token)
            if key is None:
                return lost(request, HTTPStatus.NOT_FOUND, FORGED)
            subscriber = Subscriber.objects.filter(key=key).first()
            if subscriber is None:
                return lost(request, HTTPStatus.GONE, GONE)
            response = view(request, subscriber)
            response["X-Robots-Tag"] = "noindex"
            return response

        return answer

    return decorate


def lost(request, status, words):
    return render(request, "newsletter/invalid_link.html", {"words": words}, status=status)


def consent_source(request, form):
    """Which of our forms was pressed, and from which network."""
    return ConsentSource(form, network_hash(client_address(request)))


def token_of(request):
    return request.resolver_match.kwargs["token"]


def reader_with_bookmarks(request):
    """(the Reader of this browser, how many bookmarks they have); (None, 0) without any."""
    reader = get_reader(request)
    bookmarks = Bookmark.objects.of(reader.pk).shown().count() if reader else 0
    return (reader, bookmarks) if bookmarks else (None, 0)


def back_to(name, subscriber, query=""):
    """After a POST: to the subscriber's page of this name, which tells how things stand now."""
    address = reverse(name, args=[subscriber_token(subscriber.key)])
    return HttpResponseRedirect(address + query, status=303)
