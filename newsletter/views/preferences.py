"""A subscriber's preferences and data, for who holds the link."""

from http import HTTPStatus

from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from newsletter.subscribers import actions
from newsletter.subscribers.data_export import export_data
from newsletter.subscribers.links import subscriber_token
from newsletter.subscribers.preferences import (
    PreferencesForm,
    preferences_of,
    read_undo_value,
    undo_value,
)
from newsletter.views.token_views import (
    back_to,
    consent_source,
    reader_with_bookmarks,
    subscriber_page,
)


@subscriber_page("GET", "HEAD", "POST")
def preferences(request, subscriber):
    return _save(request, subscriber) if request.method == "POST" else _show(request, subscriber)


@subscriber_page("POST")
def undo_preferences(request, subscriber):
    """Bring back what was chosen before, as the undo button carries it."""
    before = read_undo_value(subscriber, request.POST.get("before", ""))
    if before is None:
        return _show(request, subscriber, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _choose(request, subscriber, before)


@subscriber_page("GET", "HEAD")
def download_data_export(request, subscriber):
    response = JsonResponse(export_data(subscriber), json_dumps_params={"indent": 2})
    response["Content-Disposition"] = 'attachment; filename="newsletter-data.json"'
    return response


@subscriber_page("GET", "HEAD", "POST")
def delete_subscriber_data(request, subscriber):
    if request.method == "POST":
        actions.delete(subscriber=subscriber)
        return HttpResponseRedirect(reverse("newsletter_data_deleted"), status=303)
    return render(request, "newsletter/delete.html", _context(subscriber))


@never_cache
@require_safe
def data_deleted(request):
    return render(request, "newsletter/deleted.html")


def _save(request, subscriber):
    reader, bookmarks = reader_with_bookmarks(request)
    form = PreferencesForm(
        request.POST, subscriber=subscriber, browser_reader=reader, bookmarks=bookmarks
    )
    if not form.is_valid():
        return _show(request, subscriber, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _choose(request, subscriber, form.preferences)


def _choose(request, subscriber, chosen):
    before = preferences_of(subscriber)
    actions.save_preferences(
        subscriber=subscriber, preferences=chosen, source=consent_source(request, "preferences")
    )
    return back_to("preferences", subscriber, f"?before={undo_value(subscriber, before)}")


def _show(request, subscriber, form=None, status=HTTPStatus.OK):
    if form is None:
        reader, bookmarks = reader_with_bookmarks(request)
        form = PreferencesForm(subscriber=subscriber, browser_reader=reader, bookmarks=bookmarks)
    before = request.GET.get("before", "")
    told = {"form": form, "undo": before if read_undo_value(subscriber, before) else ""}
    return render(
        request, "newsletter/preferences.html", _context(subscriber) | told, status=status
    )


def _context(subscriber):
    return {"subscriber": subscriber, "token": subscriber_token(subscriber.key)}
