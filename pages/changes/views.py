from django.http import HttpRequest, HttpResponse

from pages.changes.changes_page import PARAMS, build_changes_page
from votes.page_validators import CATALOG_PAGE
from web.markdown_page import render_page
from web.public_page import public_page


@public_page(CATALOG_PAGE, params=PARAMS, has_markdown=True)
def changes(request: HttpRequest) -> HttpResponse:
    context = {"screen": build_changes_page(request.GET), "section": "changes"}
    return render_page(request, "pages/changes", context)
