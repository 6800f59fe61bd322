"""To confirm, to unsubscribe, and to undo either: each a page with one button, and the button's POST."""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.networks import CUSTOMER_IPV6_PREFIXES
from accounts.visitors import Visitor
from newsletter.models import MailRequest, Subscriber
from newsletter.signup import requests
from newsletter.subscribers import actions
from newsletter.subscribers.actions import ConsentSource
from newsletter.subscribers.consent_text import SIGN_UP_TEXT, TEXT_VERSION
from newsletter.subscribers.links import (
    CONFIRM_WITHIN,
    read_confirmation_token,
    read_subscriber_token,
    subscriber_token,
)
from newsletter.views.token_views import (
    FORGED,
    invalid_link,
    reader_with_bookmarks,
    subscriber_page,
    to_page,
    token_of,
)
from web.responses import see_other


def _key_of_confirmation(token: str) -> UUID | None:
    return read_confirmation_token(token)[0]


@subscriber_page("GET", "HEAD", "POST", read=_key_of_confirmation)
def confirm_subscription(
    request: HttpRequest, visitor: Visitor, subscriber: Subscriber
) -> HttpResponse:
    """The page that the confirmation leads to; its button subscribes. Pressed twice, it changes nothing more."""
    if not read_confirmation_token(token_of(request))[1]:
        return _expired(request)
    reader, bookmarks = reader_with_bookmarks(visitor)
    if request.method == "POST":
        actions.confirm(
            subscriber=subscriber,
            source=ConsentSource("confirmation", visitor.network),
            reader=reader if request.POST.get("about") == "bookmarks" else None,
        )
        return see_other(request.path)
    context = _context(subscriber) | {
        "bookmarks": bookmarks,
        "sign_up_text": SIGN_UP_TEXT,
        "confirmation": token_of(request),
    }
    return render(request, "newsletter/confirm.html", context)


def _expired(request: HttpRequest) -> HttpResponse:
    context = {
        "is_requested": "asked" in request.GET,
        "token": token_of(request),
        "days": CONFIRM_WITHIN.days,
    }
    return render(request, "newsletter/confirm_expired.html", context, status=HTTPStatus.GONE)


@subscriber_page("POST", read=_key_of_confirmation)
def confirm_again(request: HttpRequest, visitor: Visitor, subscriber: Subscriber) -> HttpResponse:
    """Send a new confirmation in place of an expired one; there is one a day at most."""
    requests.ask_for_mail(
        email=subscriber.email,
        networks=visitor.networks(CUSTOMER_IPV6_PREFIXES),
        wanted=MailRequest.Wanted.SUBSCRIPTION,
        source=ConsentSource("expired link", visitor.network),
        text_version=TEXT_VERSION,
    )
    return see_other(reverse("confirm_subscription", args=[token_of(request)]) + "?asked")


@subscriber_page("GET", "HEAD", "POST")
def unsubscribe(request: HttpRequest, visitor: Visitor, subscriber: Subscriber) -> HttpResponse:
    if request.method == "POST":
        source = ConsentSource("unsubscribe page", visitor.network)
        actions.unsubscribe(subscriber=subscriber, source=source)
        return to_page("unsubscribe", subscriber)
    return render(request, "newsletter/unsubscribe.html", _context(subscriber))


@subscriber_page("POST")
def resubscribe(request: HttpRequest, visitor: Visitor, subscriber: Subscriber) -> HttpResponse:
    """Undo unsubscribing."""
    actions.resubscribe(subscriber=subscriber, source=ConsentSource("undo", visitor.network))
    return to_page("unsubscribe", subscriber)


@never_cache
@csrf_exempt  # RFC 8058: a mail program sends neither a cookie nor an origin; the token is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def one_click_unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """RFC 8058: a mail program's POST unsubscribes, whatever its body, without a cookie or a redirect.

    The body is never read: neither its type nor an error in it may keep somebody subscribed. A deleted
    subscriber gets no email either, so their old links answer 200 too; a forged token answers 404. In a
    browser the address leads to the page with the button.
    """
    key = read_subscriber_token(token)
    if key is None:
        return invalid_link(request, HTTPStatus.NOT_FOUND, FORGED)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("unsubscribe", args=[token]))
    if subscriber := Subscriber.objects.filter(key=key).first():
        source = ConsentSource("one-click", Visitor(request).network)
        actions.unsubscribe(subscriber=subscriber, source=source)
    return HttpResponse("Unsubscribed.\n", content_type="text/plain")


def _context(subscriber: Subscriber) -> dict[str, object]:
    return {"subscriber": subscriber, "token": subscriber_token(subscriber.key)}
