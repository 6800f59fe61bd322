from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pages.home.home_page import build_home_page
from pages.structured_data import json_ld, website
from votes.page_validators import FIGURES_PAGE
from web.public_page import public_page


@public_page(FIGURES_PAGE)
def home(request: HttpRequest) -> HttpResponse:
    context = {"home": build_home_page(), "structured_data": json_ld(website())}
    return render(request, "pages/home.html", context)
