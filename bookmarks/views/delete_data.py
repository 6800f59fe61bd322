from http import HTTPStatus

from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.actions import delete_reader
from accounts.readers import clear_cookie, get_reader, reader_id
from bookmarks.models import Bookmark
from bookmarks.views.private_response import private_response
from web.form_token import STALE_PAGE, is_from_our_page, make_form_token


@private_response
@csrf_exempt  # checked by web.form_token: reading must set no cookie
@require_http_methods(["GET", "HEAD", "POST"])
def delete_reader_data(request):
    """Says what would be deleted, and a POST deletes it. Without a reader only the cookie goes."""
    reader = get_reader(request)
    count = Bookmark.objects.of(reader and reader.pk).count()
    if request.method != "POST":
        return _page(request, reader, count)
    if not is_from_our_page(request, reader and reader.pk):
        return _page(request, reader, count, STALE_PAGE, HTTPStatus.FORBIDDEN)
    if reader:
        delete_reader(reader=reader)
    context = {"was_known": reader is not None, "count": count}
    return clear_cookie(render(request, "bookmarks/data_deleted.html", context))


def _page(request, reader, count, message="", status=HTTPStatus.OK):
    context = {
        "reader": reader,
        "has_cookie": reader_id(request) is not None,
        "count": count,
        "token": make_form_token(reader and reader.pk),
        "message": message,
    }
    return render(request, "bookmarks/delete_data.html", context, status=status)
