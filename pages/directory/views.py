from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.read_limits import limit_deep_page, limit_expensive_read
from pages.directory.category_page import build_category_page
from pages.directory.directory import PARAMS, build_directory
from pages.directory.filters import SEARCH_LENGTH
from pages.directory.json_ld import category_data, directory_data
from pages.directory.search_destination import search_destination
from pages.redirects import redirect_or_404
from tools.models import Category
from votes.page_validators import TALLIES_PAGE
from web.context import canonical_url
from web.public_page import public_page


@public_page(TALLIES_PAGE, params=PARAMS)
def tool_list(request: HttpRequest) -> HttpResponse:
    if request.GET.get("q", "").strip() or len(request.GET.getlist("fact")) > 1:
        limit_expensive_read(request)
    limit_deep_page(request)
    if url := _named_page(request):
        return redirect(url)
    directory = build_directory(request.GET)
    context = {
        "directory": directory,
        "structured_data": directory_data(directory),
        "canonical_url": canonical_url(request, directory.tools.page.number),
        "section": "tools",
    }
    return render(request, "pages/tool_list.html", context)


def _named_page(request: HttpRequest) -> str | None:
    """Return the URL of the page that the search names, unless something else is chosen too."""
    chosen = {name for name in PARAMS if request.GET.get(name)}
    text = request.GET.get("q", "").strip()
    return search_destination(text[:SEARCH_LENGTH]) if chosen == {"q"} else None


@public_page(TALLIES_PAGE, params=["page"])
def category_detail(request: HttpRequest, slug: str) -> HttpResponse:
    category = Category.objects.filter(slug=slug).first()
    if category is None:
        return redirect_or_404(request, Category.objects.all(), slug)
    limit_deep_page(request)
    screen = build_category_page(category, request.GET.get("page"))
    context = {
        "screen": screen,
        "structured_data": category_data(screen),
        "canonical_url": canonical_url(request, screen.tools.page.number),
        "section": "tools",
    }
    return render(request, "pages/category_detail.html", context)
