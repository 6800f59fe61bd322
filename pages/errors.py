"""Answers to what went wrong, in the site's look.

They are rendered without a request, so that no context processor runs: none of them touches the
database, and what broke a page cannot break its error page too.
"""

from django.http import HttpResponse
from django.template.loader import render_to_string


def bad_request(request, exception=None):
    return _error(400)


def permission_denied(request, exception=None):
    return _error(403)


def csrf_failure(request, reason=""):
    return _error(403, template="errors/csrf.html")


def page_not_found(request, exception=None):
    return _error(404)


def server_error(request):
    return _error(500)


def _error(status, template=None):
    page = render_to_string(template or f"errors/{status}.html")
    return HttpResponse(page, status=status, headers={"Cache-Control": "no-store"})
