from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.visitors import Visitor
from bookmarks.button import BookmarkButton
from bookmarks.models import Bookmark
from tools.models import Tool
from web.responses import see_other
from web.return_path import read_return_path, with_return_path


def bookmark_page(
    request: HttpRequest,
    visitor: Visitor,
    tool: Tool,
    *,
    message: str = "",
    note: str | None = None,
    note_message: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """The page of one bookmark; `note` and `note_message` say what became of a note that was not saved."""
    bookmark = Bookmark.objects.of(visitor.reader_id).filter(tool=tool).first()
    context = {
        "tool": tool,
        "bookmark": bookmark,
        "button": BookmarkButton(tool.slug, tool.name, bookmark is not None, message),
        "note": bookmark.note if note is None and bookmark else note,
        "note_message": note_message,
        "back": read_return_path(request),
    }
    return render(request, "bookmarks/form.html", context, status=status)


def to_bookmark_page(request: HttpRequest, tool: Tool) -> HttpResponse:
    """Lead to the page of the bookmark, or to the list for a tool that is not published."""
    if not tool.is_published:
        return see_other(reverse("bookmark_list"))
    return see_other(with_return_path(request, reverse("bookmark", args=[tool.slug])))
