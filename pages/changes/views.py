from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pages.changes.changes_page import PARAMS, build_changes_page
from votes.page_validators import CATALOG_PAGE
from web.public_page import public_page


@public_page(CATALOG_PAGE, params=PARAMS)
def changes(request: HttpRequest) -> HttpResponse:
    context = {"screen": build_changes_page(request.GET), "section": "changes"}
    return render(request, "pages/changes.html", context)
