"""A private link that copies the bookmarks to another device. Opening it changes nothing; a button does."""

from http import HTTPStatus

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.models import Reader
from accounts.visitors import Visitor, reader_view
from accounts.write_limits import IMPORTS
from bookmarks import transfers
from bookmarks.models import Bookmark, Transfer
from bookmarks.queries import bookmarks_of
from bookmarks.size import kilobytes_of
from bookmarks.transfers import State
from bookmarks.views.private_response import private_response
from web.qr_code import qr_code
from web.responses import see_other

STATUSES = {
    State.UNKNOWN: HTTPStatus.NOT_FOUND,
    State.USED: HTTPStatus.GONE,
    State.EXPIRED: HTTPStatus.GONE,
}
NO_BOOKMARKS = "You have no bookmarks in this browser, so there is nothing to transfer."


@private_response
@reader_view("GET", "HEAD", "POST")
def transfer_bookmarks(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The page that creates a link, and shows it while it is valid."""
    if request.method == "POST":
        return _make(request, visitor)
    return _page(request, visitor.reader)


def _make(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    reader = visitor.reader
    if reader is None or not Bookmark.objects.of(reader.pk).exists():
        return _nothing_to_transfer(request)
    try:
        transfers.make_transfer(reader=reader)
    except Reader.DoesNotExist:  # deleted in another tab in the meantime
        return _nothing_to_transfer(request)
    return see_other(reverse("transfer_bookmarks"))


def _nothing_to_transfer(request: HttpRequest) -> HttpResponse:
    return _page(request, None, NO_BOOKMARKS, HTTPStatus.UNPROCESSABLE_ENTITY)


def _page(
    request: HttpRequest,
    reader: Reader | None,
    message: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    transfer = transfers.open_transfer_of(reader) if reader else None
    context = {
        "count": Bookmark.objects.of(reader.pk if reader else None).count(),
        "message": message,
        "minutes": transfers.LIFETIME.seconds // 60,
    }
    if transfer:
        address = settings.SITE_URL + reverse("receive_bookmarks", args=[transfer.secret])
        context |= {
            "address": address,
            "code": qr_code(address, "The private link as a QR code"),
            "until": transfer.made_at + transfers.LIFETIME,
        }
    return render(request, "bookmarks/transfer.html", context, status=status)


@private_response
@reader_view("GET", "HEAD", "POST", limit=IMPORTS)
def receive_bookmarks(request: HttpRequest, visitor: Visitor, secret: str) -> HttpResponse:
    """The page of a link: it says what will be copied, and a POST copies it to this browser."""
    transfer = transfers.find_transfer(secret)
    if request.method == "POST":
        return _receive(request, visitor, transfer)
    return _offer(request, visitor, transfer)


def _receive(request: HttpRequest, visitor: Visitor, transfer: Transfer | None) -> HttpResponse:
    state = transfers.state_of(transfer, visitor.reader_id)
    if transfer is None or state != State.OPEN:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if state == State.OWN else None
        return _offer(request, visitor, transfer, status)
    visitor.consume_storage(kilobytes_of(bookmarks_of(transfer.reader_id)))
    try:
        with transaction.atomic():  # no new reader remains if the link was used in the meantime
            merged = visitor.act(transfers.receive_transfer, transfer=transfer)
    except transfers.NotOpen:
        return _offer(request, visitor, transfers.find_transfer(transfer.secret))
    return render(request, "bookmarks/received.html", {"merged": merged})


def _offer(
    request: HttpRequest,
    visitor: Visitor,
    transfer: Transfer | None,
    status: HTTPStatus | None = None,
) -> HttpResponse:
    state = transfers.state_of(transfer, visitor.reader_id)
    context = {
        "state": state,
        "transfer": transfer,
        "minutes": transfers.LIFETIME.seconds // 60,
    }
    if transfer and state == State.OPEN:
        context["count"] = Bookmark.objects.of(transfer.reader_id).count()
    status = status or STATUSES.get(state, HTTPStatus.OK)
    return render(request, "bookmarks/receive.html", context, status=status)
