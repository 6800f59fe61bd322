from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.read_limits import limit_deep_page, limit_expensive_read
from pages.directory.category_page import build_category_page
from pages.directory.directory import PARAMS, build_directory
from pages.redirects import redirect_or_404
from pages.validators import TALLIES_PAGE
from tools.models import Category
from web.public_page import public_page


@public_page(TALLIES_PAGE, params=PARAMS)
def tool_list(request: HttpRequest) -> HttpResponse:
    if request.GET.get("q", "").strip():
        limit_expensive_read(request)
    limit_deep_page(request)
    directory = build_directory(request.GET)
    return render(request, "pages/tool_list.html", {"directory": directory, "section": "tools"})


@public_page(TALLIES_PAGE, params=["page"])
def category_detail(request: HttpRequest, slug: str) -> HttpResponse:
    category = Category.objects.filter(slug=slug).first()
    if category is None:
        return redirect_or_404(request, Category.objects.all(), slug)
    limit_deep_page(request)
    screen = build_category_page(category, request.GET.get("page"))
    return render(request, "pages/category_detail.html", {"screen": screen, "section": "tools"})
