from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from accounts.rate_limits import TooManyRequests
from web.responses import refuse
from web.return_path import path_of_form

MOST_BYTES = 32_768  # of a form that can be sent again; a note of 2,000 characters fits


class TooManyRequestsMiddleware:
    """Answer 429, in words and with Retry-After, when a view raises TooManyRequests.

    A plain form can be sent again from that page, so that nothing typed is lost.
    """

    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, TooManyRequests):
            return None
        return refuse(
            request,
            HTTPStatus.TOO_MANY_REQUESTS,
            str(error),
            retry_after=error.retry_after,
            back=path_of_form(request),
            fields=_fields(request),
        )


def _fields(request: HttpRequest) -> list[tuple[str, str]] | None:
    """Return what a plain form sent; None for other requests, for files, and for what is too long to be sent twice."""
    length = request.META.get("CONTENT_LENGTH") or ""
    is_short = length.isascii() and length.isdigit() and int(length) <= MOST_BYTES
    if request.method != "POST" or not is_short:
        return None
    try:
        if request.FILES:
            return None
        return [(name, value) for name, values in request.POST.lists() for value in values]
    except SuspiciousOperation:
        return None
