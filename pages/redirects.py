"""Permanent redirects from old slugs, and from slugs in another case, to the canonical URL."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponsePermanentRedirect
from django.urls import reverse

from tools.slugs import find_by_any_slug
from web.markdown_page import keep_form
from web.responses import moved_permanently


def redirect_to(request: HttpRequest, url: str) -> HttpResponsePermanentRedirect:
    """Redirect to `url` permanently, keeping the query string and the form of the page."""
    return moved_permanently(request, keep_form(request, url))


def redirect_or_404(
    request: HttpRequest, rows: QuerySet[Any], slug: str, url_name: str = ""
) -> HttpResponsePermanentRedirect:
    """Redirect from another spelling of a slug, or an old one, to the row's page, or its page at `url_name`."""
    row = find_by_any_slug(rows, slug)
    if row is None:
        raise Http404(f"No {rows.model._meta.verbose_name} at this address.")
    url = reverse(url_name, args=[row.slug]) if url_name else row.get_absolute_url()
    return redirect_to(request, url)
