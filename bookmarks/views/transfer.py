"""A private link that carries the bookmarks to another device. Opening it changes nothing; a button does."""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import Reader
from accounts.networks import network_hash
from accounts.readers import get_reader, set_cookie
from bookmarks import rate_limits, transfers
from bookmarks.models import Bookmark
from bookmarks.qr_code import qr_code
from bookmarks.transfers import State
from bookmarks.views.private_response import private_response
from web.client_address import client_address
from web.form_token import STALE_PAGE, is_from_our_page, make_form_token

STATUSES = {
    State.UNKNOWN: HTTPStatus.NOT_FOUND,
    State.USED: HTTPStatus.GONE,
    State.EXPIRED: HTTPStatus.GONE,
}
NOTHING_TO_BRING = "You have no bookmarks in this browser, so there is nothing to bring."


@private_response
@csrf_exempt  # checked by web.form_token: reading must set no cookie
@require_http_methods(["GET", "HEAD", "POST"])
def transfer_bookmarks(request):
    """Where a link is made, and shown as long as it is good."""
    reader = get_reader(request)
    if request.method == "POST":
        return _make(request, reader)
    return _page(request, reader)


def _make(request, reader):
    if not is_from_our_page(request, reader and reader.pk):
        return _page(request, reader, STALE_PAGE, HTTPStatus.FORBIDDEN)
    if not Bookmark.objects.of(reader and reader.pk).exists():
        return _page(request, reader, NOTHING_TO_BRING, HTTPStatus.UNPROCESSABLE_ENTITY)
    if empty := rate_limits.exceeded_transfer_limits(network_hash(client_address(request))):
        wait = max(bucket.retry_after for bucket in empty)
        words = f"That were many links in a short time. No new one was made; try again in {wait} s."
        response = _page(request, reader, words, HTTPStatus.TOO_MANY_REQUESTS)
        response["Retry-After"] = str(wait)
        return response
    try:
        transfers.make_transfer(reader=reader)
    except Reader.DoesNotExist:  # forgotten in another tab since we looked
        return _page(request, None, NOTHING_TO_BRING, HTTPStatus.UNPROCESSABLE_ENTITY)
    return HttpResponseRedirect(reverse("transfer_bookmarks"), status=303)


def _page(request, reader, message="", status=HTTPStatus.OK):
    transfer = reader and transfers.open_transfer_of(reader)
    context = {
        "count": Bookmark.objects.of(reader and reader.pk).count(),
        "token": make_form_token(reader and reader.pk),
        "message": message,
        "minutes": transfers.LIFETIME.seconds // 60,
    }
    if transfer:
        address = settings.SITE_URL + reverse("receive_bookmarks", args=[transfer.secret])
        code = qr_code(address, "The private link as a QR code")
        context |= {
            "address": address,
            "code": code,
            "until": transfer.made_at + transfers.LIFETIME,
        }
    return render(request, "bookmarks/transfer.html", context, status=status)


@private_response
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def receive_bookmarks(request, secret):
    """Where a link leads: says what it brings, and a POST brings it into this browser."""
    transfer = transfers.find_transfer(secret)
    reader = get_reader(request)
    if request.method == "POST":
        return _receive(request, transfer, reader)
    return _offer(request, transfer, reader)


def _receive(request, transfer, reader):
    if not is_from_our_page(request, reader and reader.pk):
        return _offer(request, transfer, reader, STALE_PAGE, HTTPStatus.FORBIDDEN)
    state = transfers.state_of(transfer, reader and reader.pk)
    if state == State.OWN:
        return _offer(request, transfer, reader, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    received = transfer and _merge(transfer, reader, client_address(request))
    if not received:
        return _offer(request, transfer and transfers.find_transfer(transfer.secret), reader)
    reader, merged = received
    return set_cookie(render(request, "bookmarks/received.html", {"merged": merged}), reader)


def _merge(transfer, reader, address):
    try:
        return transfers.receive_transfer(transfer=transfer, reader=reader, address=address)
    except Reader.DoesNotExist:  # forgotten in another tab since we looked
        return transfers.receive_transfer(transfer=transfer, reader=None, address=address)


def _offer(request, transfer, reader, message="", status=None):
    known_id = reader and reader.pk
    state = transfers.state_of(transfer, known_id)
    context = {
        "state": state,
        "transfer": transfer,
        "message": message,
        "token": make_form_token(known_id),
        "minutes": transfers.LIFETIME.seconds // 60,
    }
    if state == State.OPEN:
        context["count"] = Bookmark.objects.of(transfer.reader_id).count()
    status = status or STATUSES.get(state, HTTPStatus.OK)
    return render(request, "bookmarks/receive.html", context, status=status)
