from django.http import Http404
from django.shortcuts import render

from pages.directory.category_page import build_category_page
from pages.directory.directory import PARAMS, build_directory
from pages.redirects import moved
from pages.site_version import site_version
from tools.models import Category, OldCategorySlug
from web.public_page import public_page


@public_page(site_version, params=PARAMS)
def tool_list(request):
    directory = build_directory(request.GET)
    return render(request, "pages/tool_list.html", {"directory": directory, "section": "tools"})


@public_page(site_version, params=["page"])
def category_detail(request, slug):
    category = Category.objects.filter(slug=slug).first()
    if category is None:
        return _redirect_or_404(request, slug)
    screen = build_category_page(category, request.GET.get("page"))
    return render(request, "pages/category_detail.html", {"screen": screen, "section": "tools"})


def _redirect_or_404(request, slug):
    old = OldCategorySlug.objects.filter(slug=slug).select_related("category").first()
    if old is None:
        raise Http404("No such category.")
    return moved(request, old.category)
