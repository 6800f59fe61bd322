from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pages.home.home_page import build_home_page
from pages.site_version import site_version
from web.public_page import public_page


@public_page(site_version)
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/home.html", {"home": build_home_page()})
