"""Fragments with what is one reader's own: nothing for a visitor without a cookie, who gets that answer at once."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import sync_only_middleware

from web.public_page import find_view

type Middleware = Callable[[HttpRequest], HttpResponseBase]


def empty_without[View: Callable[..., HttpResponseBase]](cookie: str) -> Callable[[View], View]:
    """Declare that a view has nothing (204) for a visitor without this cookie."""

    def decorate(view: View) -> View:
        view.empty_without = cookie  # type: ignore[attr-defined]
        return view

    return decorate


@sync_only_middleware
def empty_fragments(get_response: Middleware) -> Middleware:
    """Answer 204 in place of a view that has nothing for this visitor, in front of session and authentication."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.method != "GET":
            return get_response(request)
        found = find_view(request.path_info)
        cookie = getattr(found.view, "empty_without", None) if found else None
        if cookie is None or cookie in request.COOKIES:
            return get_response(request)
        response = HttpResponse(status=HTTPStatus.NO_CONTENT)
        add_never_cache_headers(response)
        return response

    return middleware
