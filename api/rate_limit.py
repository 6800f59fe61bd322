"""The rate limit of the API, and the headers that say so (draft-ietf-httpapi-ratelimit-headers-10).

Only answers that have to be made consume it: one from the page cache, or a 304, costs one statement, and no limit.
"""

from collections.abc import Callable
from functools import wraps
from math import ceil
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.rate_limits import TooManyRequests, tokens_left
from accounts.read_limits import consume_read

POLICY = "network"


def limited(view: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a view so that making its answer consumes the limit. `describe_limit` says what is left."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            buckets = consume_read(request, "api", settings.API_LIMIT_NETWORK)
        except TooManyRequests as error:
            request.rate_limit = _item(0, error.retry_after)  # type: ignore[attr-defined]
            raise
        if buckets:
            request.rate_limit = _left(tokens_left(buckets))  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return answer


def describe_limit(request: HttpRequest, response: HttpResponseBase) -> None:
    """Set the headers. An answer that says what one network has left is not kept by nginx for others."""
    capacity, per_hour = settings.API_LIMIT_NETWORK
    response["RateLimit-Policy"] = f'"{POLICY}";q={capacity};w={ceil(3600 * capacity / per_hour)}'
    if left := getattr(request, "rate_limit", None):
        response["RateLimit"] = left
        del response["X-Accel-Expires"]


def _left(tokens: int) -> str:
    """Say how many requests are left, and after how many seconds none would be missing."""
    capacity, per_hour = settings.API_LIMIT_NETWORK
    return _item(tokens, ceil(max(0, capacity - tokens) * 3600 / per_hour))


def _item(remaining: int, seconds: int) -> str:
    return f'"{POLICY}";r={remaining};t={seconds}'
