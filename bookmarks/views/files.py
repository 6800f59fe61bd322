"""Exports bookmarks in three file formats, and imports one of them."""

from collections.abc import Sequence
from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.visitors import Visitor, reader_view
from accounts.write_limits import IMPORTS
from bookmarks import exporting
from bookmarks.importing import find_tools, read
from bookmarks.merging import MergeResult, merge
from bookmarks.queries import bookmarks_of
from bookmarks.size import kilobytes_of
from bookmarks.views.private_response import private_response
from web.json_document import BadDocument

EXPORTS = {
    "json": (exporting.as_json, "application/json"),
    "csv": (exporting.as_csv, "text/csv; charset=utf-8"),
    "html": (exporting.as_html, "text/html; charset=utf-8"),
}
NOTHING_GIVEN = "Choose a file, or paste its content."
TOO_MUCH_PASTED = "This text is too long to paste. Choose it as a file instead."
NOT_TEXT = "This file is not UTF-8 text. Export your bookmarks as JSON and choose that file."


@private_response
@reader_view("GET", "HEAD")
def export_bookmarks(request: HttpRequest, visitor: Visitor, format: str) -> HttpResponse:
    if format not in EXPORTS:
        raise Http404
    write, content_type = EXPORTS[format]
    content = write(list(bookmarks_of(visitor.reader_id)))
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="bookmarks.{format}"'
    return response


@private_response
@reader_view("GET", "HEAD", "POST", limit=IMPORTS)
def import_bookmarks(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    if request.method != "POST":
        return _form(request)
    try:
        return _import(request, visitor)
    except RequestDataTooBig:  # raised when the form is first read
        return _form(request, [TOO_MUCH_PASTED])
    except BadDocument as bad:
        return _form(request, bad.problems, request.POST.get("text", ""))


def _import(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    imported = find_tools(read(_given(request)), visitor.reader.pk if visitor.reader else None)
    merged = MergeResult()
    if imported.bookmarks:
        visitor.consume_storage(kilobytes_of(imported.bookmarks))
        merged = visitor.act(merge, imported=imported.bookmarks)
    context = {"imported": imported, "merged": merged}
    return render(request, "bookmarks/imported.html", context)


def _given(request: HttpRequest) -> str:
    """Return the text of the file, or else the pasted text."""
    if file := request.FILES.get("file"):
        try:
            return file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise BadDocument([NOT_TEXT]) from error
    text = request.POST.get("text", "").lstrip("\ufeff")
    if not text.strip():
        raise BadDocument([NOTHING_GIVEN])
    return text


def _form(request: HttpRequest, problems: Sequence[str] = (), text: str = "") -> HttpResponse:
    context = {"problems": problems, "text": text}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK
    return render(request, "bookmarks/import.html", context, status=status)
