from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.sign_in.hashing import HashingBusy
from accounts.sign_in.limits import TooManyAttempts


def throttled(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a view that answers 429 where a limit is exceeded."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (TooManyAttempts, HashingBusy) as refusal:
            return throttled_page(request, refusal.retry_after)

    return answer


def throttled_page(request: HttpRequest, retry_after: int) -> HttpResponse:
    """Answer 429: nothing was checked. `retry_after` is in seconds."""
    response = render(
        request,
        "admin/sign_in/throttled.html",
        {"retry_after": retry_after},
        status=HTTPStatus.TOO_MANY_REQUESTS,
    )
    response["Retry-After"] = str(retry_after)
    response["Cache-Control"] = "no-store"
    return response
