"""What every answer under /api/ has: problem details for an error, and that pages of any site may read it."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_only_middleware

from api.problems import CONTENT_TYPE, problem
from api.rate_limit import describe_limit

type Middleware = Callable[[HttpRequest], HttpResponseBase]

METHODS = "GET, HEAD, OPTIONS"
# Everybody gets the same answer, so any site may read it; no cookie ("credentials") is sent or set.
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Retry-After, RateLimit, RateLimit-Policy",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
PREFLIGHT = {
    "Allow": METHODS,
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "Accept, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


@sync_only_middleware
def api_answers(get_response: Middleware) -> Middleware:
    """Stand outside of the page cache, so that hits, 304s and refusals have it too."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith("/api/"):
            return get_response(request)
        response = _answer(request, get_response)
        for name, value in CORS.items():
            response[name] = value
        describe_limit(request, response)
        return response

    return middleware


def _answer(request: HttpRequest, get_response: Middleware) -> HttpResponseBase:
    if request.method == "OPTIONS":
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=PREFLIGHT)
    if request.method not in {"GET", "HEAD"}:
        refusal = problem(HTTPStatus.METHOD_NOT_ALLOWED)
        refusal["Allow"] = METHODS
        return refusal
    response = get_response(request)
    is_problem = response.get("Content-Type") == CONTENT_TYPE
    return response if response.status_code < 400 or is_problem else _as_problem(response)


def _as_problem(response: HttpResponseBase) -> HttpResponse:
    described = problem(HTTPStatus(response.status_code))
    if "Retry-After" in response:
        described["Retry-After"] = response["Retry-After"]
    return described
