"""The cache of public pages: the same bytes for everyone, never stale.

A page is cached in this process under a validator of what it shows, read with one cheap query. The
validator is also the ETag, so that a client whose copy is still valid gets a 304. Nothing is ever
invalidated explicitly.
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

from web.replica import reads_replica
from web.requests import PublicRequest, Version

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]
type PublicView[**P] = Callable[Concatenate[PublicRequest, P], HttpResponseBase]


def public_page[**P](
    read_version: Callable[[], Version],
    *,
    params: Sequence[str] = (),
    uncached_params: Sequence[str] = (),
) -> Callable[[View[P]], PublicView[P]]:
    """Decorate a view whose page depends only on its URL and the catalogue.

    `read_version()` returns an object whose `version` changes with anything that a page shows; it is
    set as `request.site_version`. `params` names the query parameters that the view reads; URLs that
    differ only in others share one cached page. A page with one of `uncached_params` is made for each
    request and never cached: it has too many values, which would displace other pages.
    """

    def decorate(view: View[P]) -> PublicView[P]:
        @reads_replica
        @require_safe
        @wraps(view)
        def answer(
            request: PublicRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            request.site_version = read_version()
            if any(name in request.GET for name in uncached_params):
                response = view(request, *args, **kwargs)
                response["Cache-Control"] = "no-store"
                return response
            if not settings.PAGE_CACHE:
                return view(request, *args, **kwargs)
            key = _page_key(request, params)
            etag = f'"{key}"'
            if not_modified := get_conditional_response(request, etag=etag):
                return _with_validator(not_modified, etag)
            cached = caches["pages"].get(key)
            if cached is None:
                response = view(request, *args, **kwargs)
                if response.status_code != 200:
                    return response
                cached = response.content, response["Content-Type"]
                caches["pages"].set(key, cached)
            content, content_type = cached
            return _with_validator(HttpResponse(content, content_type=content_type), etag)

        return answer

    return decorate


def _page_key(request: PublicRequest, params: Sequence[str]) -> str:
    query = urlencode([(name, request.GET.getlist(name)) for name in params], doseq=True)
    parts = [settings.RELEASE, request.site_version.version, request.path, query]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _with_validator[Response: HttpResponseBase](response: Response, etag: str) -> Response:
    response["ETag"] = etag
    # Any cache may store it, but must revalidate before using it.
    response["Cache-Control"] = "public, no-cache"
    response["X-Accel-Expires"] = (
        "1"  # seconds that our own nginx keeps it (deploy/nginx/proxy.conf)
    )
    return response
