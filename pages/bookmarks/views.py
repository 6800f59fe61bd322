from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.readers import reader_id
from pages.bookmarks.bookmark_list import ORDERS, build_bookmark_list


@never_cache
@require_safe
def bookmark_list(request):
    """The reader's bookmarks as a page. `?order=` added, name or verdict."""
    asked = request.GET.get("order")
    order = asked if asked in ORDERS else "added"
    context = {"list": build_bookmark_list(reader_id(request), order), "section": "bookmarks"}
    return render(request, "bookmarks/page.html", context)


@never_cache
@require_safe
def bookmark_drawer(request):
    """What the drawer holds, for HTMX to put in place when it is opened."""
    return render(
        request, "bookmarks/drawer_content.html", {"list": build_bookmark_list(reader_id(request))}
    )
