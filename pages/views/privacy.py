from django.shortcuts import render

from accounts.readers import MAX_AGE
from pages.catalog import catalog_state
from web.public_page import public_page


@public_page(catalog_state)
def privacy(request):
    return render(request, "pages/privacy.html", {"cookie_days": MAX_AGE.days})
