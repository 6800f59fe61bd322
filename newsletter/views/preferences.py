"""A subscriber's preferences and data, for the holder of the link."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.visitors import Visitor
from newsletter.models import Subscriber
from newsletter.subscribers import actions
from newsletter.subscribers.actions import ConsentSource
from newsletter.subscribers.data_export import export_data
from newsletter.subscribers.links import subscriber_token
from newsletter.subscribers.preferences import (
    Preferences,
    PreferencesForm,
    preferences_of,
    read_undo_value,
    undo_value,
)
from newsletter.views.token_views import reader_with_bookmarks, subscriber_page, to_page
from web.responses import see_other


@subscriber_page("GET", "HEAD", "POST")
def preferences(request: HttpRequest, visitor: Visitor, subscriber: Subscriber) -> HttpResponse:
    reader, bookmarks = reader_with_bookmarks(visitor)
    if request.method != "POST":
        form = PreferencesForm(subscriber=subscriber, browser_reader=reader, bookmarks=bookmarks)
        return _page(request, subscriber, form)
    form = PreferencesForm(
        request.POST, subscriber=subscriber, browser_reader=reader, bookmarks=bookmarks
    )
    if not form.is_valid():
        return _page(request, subscriber, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _choose(visitor, subscriber, form.preferences)


@subscriber_page("POST")
def undo_preferences(
    request: HttpRequest, visitor: Visitor, subscriber: Subscriber
) -> HttpResponse:
    """Restore the preferences that the undo button carries."""
    before = read_undo_value(subscriber, request.POST.get("before", ""))
    if before is None:
        reader, bookmarks = reader_with_bookmarks(visitor)
        form = PreferencesForm(subscriber=subscriber, browser_reader=reader, bookmarks=bookmarks)
        return _page(request, subscriber, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _choose(visitor, subscriber, before)


@subscriber_page("GET", "HEAD")
def download_data_export(
    request: HttpRequest, visitor: Visitor, subscriber: Subscriber
) -> HttpResponse:
    response = JsonResponse(export_data(subscriber), json_dumps_params={"indent": 2})
    response["Content-Disposition"] = 'attachment; filename="newsletter-data.json"'
    return response


@subscriber_page("GET", "HEAD", "POST")
def delete_subscriber_data(
    request: HttpRequest, visitor: Visitor, subscriber: Subscriber
) -> HttpResponse:
    if request.method == "POST":
        actions.delete(subscriber=subscriber)
        return see_other(reverse("newsletter_data_deleted"))
    return render(request, "newsletter/delete.html", _context(subscriber))


@never_cache
@require_safe
def data_deleted(request: HttpRequest) -> HttpResponse:
    return render(request, "newsletter/deleted.html")


def _choose(visitor: Visitor, subscriber: Subscriber, chosen: Preferences) -> HttpResponse:
    before = preferences_of(subscriber)
    source = ConsentSource("preferences", visitor.network)
    actions.save_preferences(subscriber=subscriber, preferences=chosen, source=source)
    return to_page("preferences", subscriber, f"?before={undo_value(subscriber, before)}")


def _page(
    request: HttpRequest,
    subscriber: Subscriber,
    form: PreferencesForm,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    before = request.GET.get("before", "")
    undo = before if read_undo_value(subscriber, before) else ""
    context = _context(subscriber) | {"form": form, "undo": undo}
    return render(request, "newsletter/preferences.html", context, status=status)


def _context(subscriber: Subscriber) -> dict[str, object]:
    return {"subscriber": subscriber, "token": subscriber_token(subscriber.key)}
