"""Actions on the whole list of bookmarks."""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.visitors import Visitor, reader_view
from bookmarks import actions
from bookmarks.forms import SeenForm
from bookmarks.queries import bookmark_counts
from web.responses import HtmxRequest, announce, refuse, see_other


@reader_view("POST")
def mark_seen(request: HtmxRequest, visitor: Visitor) -> HttpResponse:
    """Mark the changes in the reader's list as seen; `until` is the time when that list was made."""
    form = SeenForm(request.POST)
    if not form.is_valid():
        message = "We could not read that form. Reload the page and try again."
        return refuse(request, HTTPStatus.UNPROCESSABLE_ENTITY, message)
    if visitor.reader:
        actions.mark_seen(reader=visitor.reader, until=form.cleaned_data["until"])
    return _list_changed(request, visitor, "All changes marked as seen.")


@reader_view("POST")
def clear_gone(request: HtmxRequest, visitor: Visitor) -> HttpResponse:
    """Delete the bookmarks of tools that are no longer shown."""
    if visitor.reader:
        actions.clear_gone(reader=visitor.reader)
    return _list_changed(request, visitor, "Bookmarks removed.")


def _list_changed(request: HtmxRequest, visitor: Visitor, message: str) -> HttpResponse:
    if not request.htmx:
        return see_other(reverse("bookmark_list"))
    context = bookmark_counts(visitor.reader_id)
    return announce(
        render(request, "bookmarks/count.html", context),
        message,
        "bookmarks-stored",
        "bookmarks-changed",
    )
