from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse


def private_response(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a view whose address may contain a secret, to keep it out of search engines and referrers.

    "strict-origin" and not "no-referrer", with which Chromium sends "Origin: null" and every form would
    be refused.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "strict-origin"
        return response

    return answer
