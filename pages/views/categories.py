from django.http import Http404
from django.shortcuts import render

from pages.catalog import catalog_state
from pages.category_page import build_category_page
from pages.moved import moved
from tools.models import Category, OldCategorySlug
from web.public_page import public_page


@public_page(catalog_state, params=["page"])
def category_detail(request, slug):
    category = Category.objects.filter(slug=slug).first()
    if category is None:
        return _elsewhere(request, slug)
    screen = build_category_page(category, request.GET.get("page"))
    return render(request, "pages/category_detail.html", {"screen": screen, "section": "tools"})


def _elsewhere(request, slug):
    old = OldCategorySlug.objects.filter(slug=slug).select_related("category").first()
    if old is None:
        raise Http404("No such category.")
    return moved(request, old.category)
