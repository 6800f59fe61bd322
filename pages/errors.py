"""Answers to what went wrong, in the site's look. None of them touches the database."""

from django.shortcuts import render


def bad_request(request, exception=None):
    return _error(request, 400)


def permission_denied(request, exception=None):
    return _error(request, 403)


def csrf_failure(request, reason=""):
    return _error(request, 403, template="errors/csrf.html")


def page_not_found(request, exception=None):
    return _error(request, 404)


def server_error(request):
    return _error(request, 500)


def _error(request, status, template=None):
    return render(request, template or f"errors/{status}.html", status=status)
