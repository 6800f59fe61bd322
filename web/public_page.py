"""How a public page is kept and answered: the same bytes for everyone, never stale.

A page is kept in this process under a validator made of what it shows, read with one cheap query. The
validator is the ETag too, so a reader's or a cache's copy that is still right is answered with 304.
Nothing is ever invalidated by hand.
"""

import hashlib
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Concatenate
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from web.requests import PublicRequest, Version

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]
type PublicView[**P] = Callable[Concatenate[PublicRequest, P], HttpResponseBase]


def public_page[**P](
    read_version: Callable[[], Version], *, params: Sequence[str] = ()
) -> Callable[[View[P]], PublicView[P]]:
    """Decorate a view whose page depends on nothing but its address and the catalogue.

    `read_version()` returns a frozen object, put on the request as `request.site_version`, whose `version`
    (a string) changes with anything that a page shows. `params` names the query parameters that the
    view looks at; pages that differ in others only are one page.
    """

    def decorate(view: View[P]) -> PublicView[P]:
        @require_safe
        @wraps(view)
        def answer(
            request: PublicRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            request.site_version = read_version()
            if not settings.PAGE_CACHE:
                return view(request, *args, **kwargs)
            key = _page_key(request, params)
            etag = f'"{key}"'
            if not_modified := get_conditional_response(request, etag=etag):
                return _with_validator(not_modified, etag)
            kept = caches["pages"].get(key)
            if kept is None:
                response = view(request, *args, **kwargs)
                if response.status_code != 200:
                    return response
                kept = response.content, response["Content-Type"]
                caches["pages"].set(key, kept)
            content, content_type = kept
            return _with_validator(HttpResponse(content, content_type=content_type), etag)

        return answer

    return decorate


def _page_key(request: PublicRequest, params: Sequence[str]) -> str:
    query = urlencode([(name, request.GET.getlist(name)) for name in params], doseq=True)
    parts = [settings.RELEASE, request.site_version.version, request.path, query]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _with_validator[Response: HttpResponseBase](response: Response, etag: str) -> Response:
    response["ETag"] = etag
    # Any cache may keep it, and must ask before it shows it.
    response["Cache-Control"] = "public, no-cache"
    return response
