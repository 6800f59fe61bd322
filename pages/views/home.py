from django.shortcuts import render

from pages.catalog import catalog_state
from pages.front_page import build_front_page
from web.public_page import public_page


@public_page(catalog_state)
def home(request):
    return render(request, "pages/home.html", {"front": build_front_page()})
