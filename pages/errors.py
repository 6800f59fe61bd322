"""Error pages in the site's design.

They are rendered without a request, so that no context processor runs: none of them queries the database,
and what broke a page cannot break its error page too.
"""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from web.markdown_page import content_type, template_name


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page_error(request, HTTPStatus.BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(HTTPStatus.FORBIDDEN)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """For the admin, which keeps Django's CSRF protection. Forms of readers: `web.cross_origin`."""
    return _error(HTTPStatus.FORBIDDEN, template="errors/csrf.html")


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page_error(request, HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    return _page_error(request, HTTPStatus.INTERNAL_SERVER_ERROR)


def _page_error(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    """Answer in the form that was asked for, for a page that has Markdown."""
    return _error(status, template_name(request, f"errors/{status.value}"), content_type(request))


def _error(status: HTTPStatus, template: str = "", content_type: str | None = None) -> HttpResponse:
    page = render_to_string(template or f"errors/{status.value}.html")
    headers = {"Cache-Control": "no-store"}
    return HttpResponse(page, content_type=content_type, status=status, headers=headers)
