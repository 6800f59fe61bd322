from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.readers import MAX_AGE
from pages.site_version import site_version
from web.public_page import public_page


@public_page(site_version)
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/privacy.html", {"cookie_days": MAX_AGE.days})
