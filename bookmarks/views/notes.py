from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import render

from accounts.visitors import Visitor, reader_view
from bookmarks import actions
from bookmarks.forms import NoteForm
from bookmarks.size import kilobytes
from bookmarks.views.bookmark_page import bookmark_page, to_bookmark_page
from tools.models import Tool
from tools.queries import get_tool_or_404
from web.requests import HtmxRequest
from web.responses import announce

SAVED = "Note saved."
NO_BOOKMARK = (
    "This tool is no longer in your bookmarks, so the note was not saved. Bookmark the tool first."
)


@reader_view("POST")
def write_note(request: HtmxRequest, visitor: Visitor, slug: str) -> HttpResponse:
    tool = get_tool_or_404(Tool.objects.on_record(), slug)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _not_saved(request, visitor, tool, " ".join(map(str, form.errors["note"])))
    note = form.cleaned_data["note"]
    if visitor.reader and note:
        visitor.consume_storage(kilobytes(note))
    if not visitor.reader or not actions.write_note(reader=visitor.reader, tool=tool, note=note):
        return _not_saved(request, visitor, tool, NO_BOOKMARK)
    return _fragment(request, tool, SAVED) if request.htmx else to_bookmark_page(request, tool)


def _not_saved(request: HtmxRequest, visitor: Visitor, tool: Tool, message: str) -> HttpResponse:
    """The form again, with what was typed."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if request.htmx:
        return _fragment(request, tool, message, status)
    typed = request.POST.get("note", "")
    return bookmark_page(request, visitor, tool, note=typed, note_message=message, status=status)


def _fragment(
    request: HtmxRequest, tool: Tool, message: str, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    context = {
        "tool": tool,
        "note": request.POST.get("note", ""),
        "message": message,
        "is_saved": status == HTTPStatus.OK,
    }
    return announce(render(request, "bookmarks/note.html", context, status=status), message)
