"""Adding and removing bookmarks, from any page of the site."""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.visitors import Visitor, reader_view
from bookmarks import actions
from bookmarks.button import BookmarkButton
from bookmarks.models import MOST_BOOKMARKS, Bookmark
from bookmarks.queries import bookmark_counts
from bookmarks.views.bookmark_page import bookmark_page, to_bookmark_page
from tools.models import Tool
from tools.queries import get_tool_or_404
from web.requests import HtmxRequest
from web.responses import announce, see_other

TOO_MANY = (
    f"You have {MOST_BOOKMARKS} bookmarks, which is the most you can have. Remove one that you no longer "
    "need, then add this one again."
)


@reader_view("GET", "HEAD", "POST")
def bookmark(request: HtmxRequest, visitor: Visitor, slug: str) -> HttpResponse:
    """The page of a bookmark and its note, and where it is added."""
    tool = get_tool_or_404(Tool.objects.published(), slug)
    if request.method == "POST":
        return add_bookmark(request, visitor, tool)
    return bookmark_page(request, visitor, tool)


def add_bookmark(request: HtmxRequest, visitor: Visitor, tool: Tool) -> HttpResponse:
    try:
        visitor.act(actions.add_bookmark, tool=tool)
    except actions.TooManyBookmarks:
        return _unprocessable(request, visitor, tool, TOO_MANY)
    if not request.htmx:
        return to_bookmark_page(request, tool)
    return _fragment(request, visitor, tool, f"{tool.name} bookmarked.")


@reader_view("POST")
def remove_bookmark(request: HtmxRequest, visitor: Visitor, slug: str) -> HttpResponse:
    # Also of a tool that is hidden by now: the list may still show it.
    tool = get_tool_or_404(Tool.objects.all(), slug)
    if not (tool.is_published or _is_bookmarked(visitor, tool)):
        tool = get_tool_or_404(Tool.objects.published(), slug)
    if visitor.reader:
        actions.remove_bookmark(reader=visitor.reader, tool=tool)
    if request.htmx:
        return _fragment(request, visitor, tool, f"{tool.name} removed from your bookmarks.")
    if request.POST.get("from") == "list":
        return see_other(reverse("bookmark_list"))
    return to_bookmark_page(request, tool)


def _is_bookmarked(visitor: Visitor, tool: Tool) -> bool:
    return Bookmark.objects.of(visitor.reader_id).filter(tool=tool).exists()


def _fragment(request: HtmxRequest, visitor: Visitor, tool: Tool, message: str) -> HttpResponse:
    """Every place of a page that shows the bookmark; an open list of bookmarks reads itself again."""
    is_bookmarked = _is_bookmarked(visitor, tool)
    context = {
        "button": BookmarkButton(tool.slug, tool.name, is_bookmarked),
        "counts": bookmark_counts(visitor.reader_id),
    }
    events = ["bookmarks-stored", *(["bookmarks-changed"] if is_bookmarked else [])]
    return announce(render(request, "bookmarks/answer.html", context), message, *events)


def _unprocessable(
    request: HtmxRequest, visitor: Visitor, tool: Tool, message: str
) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if not request.htmx:
        return bookmark_page(request, visitor, tool, message=message, status=status)
    button = BookmarkButton(tool.slug, tool.name, _is_bookmarked(visitor, tool), message)
    context = {"button": button, "counts": bookmark_counts(visitor.reader_id)}
    return announce(render(request, "bookmarks/answer.html", context, status=status), message)
