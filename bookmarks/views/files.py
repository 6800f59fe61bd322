"""Bookmarks as files: out in three forms, and in again in one of them."""

from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Reader
from accounts.networks import network_hash
from accounts.readers import get_reader, make_reader, reader_id, set_cookie
from bookmarks import exporting, rate_limits
from bookmarks.importing import find_tools, read
from bookmarks.merging import MergeResult, merge
from bookmarks.queries import bookmarks_of
from bookmarks.views.private_response import private_response
from web.client_address import client_address
from web.form_token import STALE_PAGE, is_from_our_page, make_form_token
from web.json_document import BadDocument

EXPORTS = {
    "json": (exporting.as_json, "application/json"),
    "csv": (exporting.as_csv, "text/csv; charset=utf-8"),
    "html": (exporting.as_html, "text/html; charset=utf-8"),
}
NOTHING_GIVEN = "Choose a file, or paste what is in one."
TOO_MUCH_PASTED = "That is more text than can be pasted here. Choose it as a file instead."
NOT_TEXT = "The file is no text in UTF-8. Export your bookmarks as JSON and choose that file."


@private_response
@require_safe
def export_bookmarks(request, format):
    if format not in EXPORTS:
        raise Http404
    write, content_type = EXPORTS[format]
    content = write(list(bookmarks_of(reader_id(request))))
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="bookmarks.{format}"'
    return response


@private_response
@csrf_exempt  # checked by web.form_token: reading must set no cookie
@require_http_methods(["GET", "HEAD", "POST"])
def import_bookmarks(request):
    reader = get_reader(request)
    if request.method != "POST":
        return _form(request, reader)
    try:
        return _import(request, reader)
    except RequestDataTooBig:  # Django reads the form when it is first looked at
        return _form(request, reader, [TOO_MUCH_PASTED], HTTPStatus.UNPROCESSABLE_ENTITY)
    except BadDocument as bad:
        pasted = request.POST.get("text", "")
        return _form(request, reader, bad.problems, HTTPStatus.UNPROCESSABLE_ENTITY, pasted)


def _import(request, reader):
    if not is_from_our_page(request, reader and reader.pk):
        return _form(request, reader, [STALE_PAGE], HTTPStatus.FORBIDDEN)
    if empty := rate_limits.exceeded_import_limits(network_hash(client_address(request))):
        return _too_many(request, reader, empty)
    imported = find_tools(read(_given(request)), reader and reader.pk)
    merged = MergeResult()
    if imported.bookmarks:
        reader, merged = _merge(request, reader, imported.bookmarks)
    context = {"imported": imported, "merged": merged}
    response = render(request, "bookmarks/imported.html", context)
    return set_cookie(response, reader) if reader else response


def _merge(request, reader, imported):
    address = client_address(request)
    reader = reader or make_reader(address)
    try:
        return reader, merge(reader=reader, imported=imported)
    except Reader.DoesNotExist:  # forgotten in another tab since we looked
        reader = make_reader(address)
        return reader, merge(reader=reader, imported=imported)


def _given(request):
    """The text of the file, or else what was pasted."""
    if file := request.FILES.get("file"):
        try:
            return file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise BadDocument([NOT_TEXT]) from error
    text = request.POST.get("text", "").lstrip("\ufeff")
    if not text.strip():
        raise BadDocument([NOTHING_GIVEN])
    return text


def _form(request, reader, problems=(), status=HTTPStatus.OK, text=""):
    context = {
        "token": make_form_token(reader and reader.pk),
        "problems": problems,
        "text": text,
    }
    return render(request, "bookmarks/import.html", context, status=status)


def _too_many(request, reader, empty):
    wait = max(bucket.retry_after for bucket in empty)
    words = f"That were many files in a short time. Nothing was changed; try again in {wait} s."
    response = _form(request, reader, [words], HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = str(wait)
    return response
