"""To confirm, to leave, and to undo either: each a page with one button, and the button's POST."""

from http import HTTPStatus

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsletter.models import MailRequest, Subscriber
from newsletter.signup import requests
from newsletter.subscribers import actions
from newsletter.subscribers.consent_text import SIGN_UP_TEXT, TEXT_VERSION
from newsletter.subscribers.links import (
    read_confirmation_token,
    read_subscriber_token,
    subscriber_token,
)
from newsletter.views.token_views import (
    FORGED,
    back_to,
    consent_source,
    lost,
    reader_with_bookmarks,
    subscriber_page,
    token_of,
)


def _key_of_confirmation(token):
    return read_confirmation_token(token)[0]


@subscriber_page("GET", "HEAD", "POST", read=_key_of_confirmation)
def confirm_subscription(request, subscriber):
    """The page that the confirmation leads to; its button subscribes. Pressed twice, it changes nothing more."""
    if not _is_in_time(request):
        asked = {"asked": "asked" in request.GET, "token": token_of(request)}
        return render(request, "newsletter/confirm_expired.html", asked, status=HTTPStatus.GONE)
    reader, bookmarks = reader_with_bookmarks(request)
    if request.method == "POST":
        actions.confirm(
            subscriber=subscriber,
            source=consent_source(request, "confirmation"),
            reader=reader if request.POST.get("about") == "bookmarks" else None,
        )
        return HttpResponseRedirect(request.path, status=303)
    told = {"bookmarks": bookmarks, "sign_up_text": SIGN_UP_TEXT, "confirmation": token_of(request)}
    return render(request, "newsletter/confirm.html", _standing(subscriber) | told)


@subscriber_page("POST", read=_key_of_confirmation)
def confirm_again(request, subscriber):
    """Send a new confirmation in place of an expired one, within the limit of one a day."""
    source = consent_source(request, "expired link")
    if not requests.exceeded_limits(source.network):
        requests.ask_for_mail(
            email=subscriber.email,
            wanted=MailRequest.Wanted.SUBSCRIPTION,
            source=source,
            text_version=TEXT_VERSION,
        )
    address = reverse("confirm_subscription", args=[token_of(request)])
    return HttpResponseRedirect(address + "?asked", status=303)


@subscriber_page("GET", "HEAD", "POST")
def unsubscribe(request, subscriber):
    if request.method == "POST":
        actions.unsubscribe(
            subscriber=subscriber, source=consent_source(request, "unsubscribe page")
        )
        return back_to("unsubscribe", subscriber)
    return render(request, "newsletter/unsubscribe.html", _standing(subscriber))


@subscriber_page("POST")
def resubscribe(request, subscriber):
    """Undo unsubscribing."""
    actions.resubscribe(subscriber=subscriber, source=consent_source(request, "undo"))
    return back_to("unsubscribe", subscriber)


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def one_click_unsubscribe(request, token):
    """RFC 8058: a mail program's POST unsubscribes, whatever its body, without a cookie or a redirect.

    The body is never read: neither its kind nor a fault in it may keep somebody subscribed. Who was
    deleted gets no mail either, so their old links answer 200 too; a forged token answers 404. Who opens
    the address in a browser is shown the page with the button.
    """
    key = read_subscriber_token(token)
    if key is None:
        return lost(request, HTTPStatus.NOT_FOUND, FORGED)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("unsubscribe", args=[token]))
    if subscriber := Subscriber.objects.filter(key=key).first():
        actions.unsubscribe(subscriber=subscriber, source=consent_source(request, "one-click"))
    return HttpResponse("Unsubscribed.\n", content_type="text/plain")


def _is_in_time(request):
    return read_confirmation_token(token_of(request))[1]


def _standing(subscriber):
    return {"subscriber": subscriber, "token": subscriber_token(subscriber.key)}
