from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pages.directory.category_page import build_category_page
from pages.directory.directory import PARAMS, build_directory
from pages.redirects import redirect_or_404
from pages.validators import TALLIES_PAGE
from tools.models import Category
from web.public_page import public_page


@public_page(TALLIES_PAGE, params=PARAMS)
def tool_list(request: HttpRequest) -> HttpResponse:
    directory = build_directory(request.GET)
    return render(request, "pages/tool_list.html", {"directory": directory, "section": "tools"})


@public_page(TALLIES_PAGE, params=["page"])
def category_detail(request: HttpRequest, slug: str) -> HttpResponse:
    category = Category.objects.filter(slug=slug).first()
    if category is None:
        return redirect_or_404(request, Category.objects.all(), slug)
    screen = build_category_page(category, request.GET.get("page"))
    return render(request, "pages/category_detail.html", {"screen": screen, "section": "tools"})
