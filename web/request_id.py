"""The id of a request, in all its log records and in its answer.

nginx makes one, writes it to its log and sends it as X-Request-ID. So both logs, and what a reader reports, are found
by the same word.
"""

import re
from collections.abc import Callable
from random import getrandbits

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_only_middleware

from web.log_context import REQUEST_ID

type View = Callable[[HttpRequest], HttpResponseBase]

HEADER = "X-Request-ID"
OF_A_PROXY = re.compile(r"[0-9A-Za-z-]{8,64}")


@sync_only_middleware
def request_id(get_response: View) -> View:
    """Give each request the id that a proxy of ours sent, or a new one."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.META["site.request_id"] = found = _given_id(request) or _new_id()
        token = REQUEST_ID.set(found)
        try:
            response = get_response(request)
        finally:
            REQUEST_ID.reset(token)
        response.headers[HEADER] = found
        return response

    return middleware


def _new_id() -> str:
    """Return 32 hexadecimal digits. It is no secret: the system's random numbers would let another thread go first."""
    return f"{getrandbits(128):032x}"


def _given_id(request: HttpRequest) -> str | None:
    """Return what a proxy sent; without a proxy of ours anybody may have written it."""
    given = request.META.get("HTTP_X_REQUEST_ID", "") if settings.TRUSTED_PROXY_HOPS else ""
    return given if OF_A_PROXY.fullmatch(given) else None
