from django.shortcuts import render

from pages.catalog import catalog_state
from pages.change_list import PARAMS, build_change_list
from web.public_page import public_page


@public_page(catalog_state, params=PARAMS)
def changes(request):
    context = {"screen": build_change_list(request.GET), "section": "changes"}
    return render(request, "pages/changes.html", context)
