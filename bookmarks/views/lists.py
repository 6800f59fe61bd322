"""Actions on many bookmarks at once, or on the whole list of them."""

from collections.abc import Iterable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.visitors import Visitor, reader_view
from bookmarks import actions
from bookmarks.forms import SeenForm
from bookmarks.merging import ImportedBookmark, merge
from bookmarks.models import MOST_BOOKMARKS, Bookmark
from bookmarks.queries import bookmark_counts
from bookmarks.size import kilobytes_of
from tools.models import Tool
from tools.slugs import SLUG_MAX_LENGTH
from web.requests import HtmxRequest
from web.responses import announce, refuse, see_other

NO_TOOLS = "None of these tools is on this site. Go back and try again."


@reader_view("POST")
def add_bookmarks(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Bookmark all `tools` of the form, as many as the limit allows."""
    tools = list(Tool.objects.published().filter(slug__in=_slugs(request)))
    if not tools:
        return refuse(request, HTTPStatus.UNPROCESSABLE_ENTITY, NO_TOOLS)
    imported = [ImportedBookmark(tool=tool, name=tool.name, note="") for tool in tools]
    visitor.consume_storage(kilobytes_of(imported))
    before = _bookmarked(visitor, tools)
    merged = visitor.act(merge, imported=imported)
    added = _bookmarked(visitor, tools) - before
    return render(request, "bookmarks/added.html", {"merged": merged, "added": sorted(added)})


@reader_view("POST")
def remove_bookmarks(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Remove the bookmarks of all `tools` of the form."""
    if visitor.reader:
        actions.remove_bookmarks(reader=visitor.reader, slugs=_slugs(request))
    return see_other(reverse("bookmark_list"))


def _slugs(request: HttpRequest) -> list[str]:
    slugs = request.POST.getlist("tools")[:MOST_BOOKMARKS]
    return [slug for slug in slugs if len(slug) <= SLUG_MAX_LENGTH]


def _bookmarked(visitor: Visitor, tools: Iterable[Tool]) -> set[str]:
    """Return the slugs of those of `tools` that the reader has bookmarked."""
    own = Bookmark.objects.of(visitor.reader_id).filter(tool__in=tools)
    return set(own.values_list("tool__slug", flat=True))


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
