"""Error pages in the site's design.

They are rendered without a request, so that no context processor runs: none of them queries the database,
and what broke a page cannot break its error page too.
"""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(HTTPStatus.BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(HTTPStatus.FORBIDDEN)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """For the admin, which keeps Django's CSRF protection. Forms of readers: `web.cross_origin`."""
    return _error(HTTPStatus.FORBIDDEN, template="errors/csrf.html")


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    return _error(HTTPStatus.INTERNAL_SERVER_ERROR)


def _error(status: HTTPStatus, template: str = "") -> HttpResponse:
    page = render_to_string(template or f"errors/{status.value}.html")
    return HttpResponse(page, status=status, headers={"Cache-Control": "no-store"})
