from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.actions import delete_reader
from accounts.readers import clear_cookie
from accounts.visitors import Visitor, reader_view
from bookmarks.models import Bookmark
from bookmarks.views.private_response import private_response


@private_response
@reader_view("GET", "HEAD", "POST")
def delete_reader_data(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show what would be deleted; a POST deletes it. Without a reader only the cookie is deleted."""
    count = Bookmark.objects.of(visitor.reader.pk if visitor.reader else None).count()
    if request.method == "POST":
        return _delete(request, visitor, count)
    context = {
        "reader": visitor.reader,
        "has_cookie": visitor.reader_id is not None,
        "count": count,
    }
    return render(request, "bookmarks/delete_data.html", context)


def _delete(request: HttpRequest, visitor: Visitor, count: int) -> HttpResponse:
    if visitor.reader:
        delete_reader(reader=visitor.reader)
    context = {"was_known": visitor.reader is not None, "count": count}
    return clear_cookie(render(request, "bookmarks/data_deleted.html", context))
