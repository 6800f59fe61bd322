from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.readers import reader_id
from pages.bookmarks.bookmark_list import ORDERS, build_bookmark_list
from web.replica import reads_replica


@reads_replica
@never_cache
@require_safe
def bookmark_list(request: HttpRequest) -> HttpResponse:
    """The reader's bookmarks as a page. `?order=` added, name or verdict."""
    order = request.GET.get("order", "")
    order = order if order in ORDERS else "added"
    context = {"list": build_bookmark_list(reader_id(request), order), "section": "bookmarks"}
    return render(request, "bookmarks/page.html", context)


@reads_replica
@never_cache
@require_safe
def bookmark_drawer(request: HttpRequest) -> HttpResponse:
    """The content of the drawer, which HTMX loads when it is opened."""
    return render(
        request, "bookmarks/drawer_content.html", {"list": build_bookmark_list(reader_id(request))}
    )
