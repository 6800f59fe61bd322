"""llms.txt (https://llmstxt.org): what programs that read text find here, and what the figures mean."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from pages.rankings.rankings_page import build_overview
from votes.page_validators import FIGURES_PAGE
from web.markdown_text import tidy_markdown
from web.public_page import public_page


@public_page(FIGURES_PAGE)
def llms_txt(request: HttpRequest) -> HttpResponse:
    """List categories and the first places: tools are too many to be listed."""
    context = {"screen": build_overview(), "data_licence": settings.DATA_LICENCE}
    text = tidy_markdown(render_to_string("pages/llms.md", context, request))
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
