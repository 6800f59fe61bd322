"""The Markdown form of public pages: how a client asks for it, and how a view answers in the form that was asked for.

A page at `/tools/aider/` has its Markdown at `/tools/aider.md`, and at its own address for clients that prefer it.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.encoding import iri_to_uri

from web.accepted_form import MARKDOWN, SUFFIX
from web.markdown_text import tidy_markdown
from web.public_page import find_public_page

CONTENT_TYPE = f"{MARKDOWN}; charset=utf-8"


def wants_markdown(request: HttpRequest) -> bool:
    """Return whether the answer is to be Markdown; the page cache has found that out for the pages that have it."""
    known: bool | None = getattr(request, "is_markdown", None)
    if known is None:
        found = find_public_page(request.path_info)
        known = found is not None and found.page.is_markdown(request)
    return known


def markdown_path(path: str) -> str:
    """Return the address of the Markdown of a page: "/changes/?kind=fact" is at "/changes.md?kind=fact"."""
    path, mark, query = path.partition("?")
    return f"{path.removesuffix('/')}{SUFFIX}{mark}{query}"


def keep_form(request: HttpRequest, path: str) -> str:
    """Return the address of another page in the form of this address; a client that prefers Markdown says so again."""
    return markdown_path(path) if request.path.endswith(SUFFIX) else path


def template_name(request: HttpRequest, name: str) -> str:
    return f"{name}.md" if wants_markdown(request) else f"{name}.html"


def content_type(request: HttpRequest) -> str | None:
    return CONTENT_TYPE if wants_markdown(request) else None


def render_page(
    request: HttpRequest, name: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """Render the template `name` without its suffix, in the form that was asked for."""
    render_form = _render_markdown if wants_markdown(request) else _render_html
    return render_form(request, name, context, status)


def _render_html(
    request: HttpRequest, name: str, context: Mapping[str, Any], status: int
) -> HttpResponse:
    found = find_public_page(request.path_info)
    if status == 200 and found and found.page.has_markdown:
        url = settings.SITE_URL + _with_query(request, markdown_path(request.path))
        context = {**context, "markdown_url": url}
    return render(request, f"{name}.html", context, status=status)


def _render_markdown(
    request: HttpRequest, name: str, context: Mapping[str, Any], status: int
) -> HttpResponse:
    is_own_address = request.path.endswith(SUFFIX)
    path = f"{request.path.removesuffix(SUFFIX)}/" if is_own_address else request.path
    values = {
        "source_url": settings.SITE_URL + _with_query(request, path),
        "data_date": timezone.now().date(),
        "data_licence": settings.DATA_LICENCE,
        **context,
    }
    text = tidy_markdown(render_to_string(f"{name}.md", values, request))
    response = HttpResponse(text, content_type=CONTENT_TYPE, status=status)
    if is_own_address:
        response["Link"] = f'<{settings.SITE_URL}{iri_to_uri(path)}>; rel="canonical"'
        response["X-Robots-Tag"] = "noindex"
    else:
        response["Content-Location"] = _with_query(request, markdown_path(path))
    return response


def _with_query(request: HttpRequest, path: str) -> str:
    """Return `path`, percent-encoded, with those parameters of the request that the page reads.

    Others must not be in a page: its cached bytes are for requests with any of them.
    """
    found = find_public_page(request.path_info)
    query = urlencode(found.page.query(request), doseq=True) if found else ""
    return f"{iri_to_uri(path)}?{query}" if query else iri_to_uri(path)
