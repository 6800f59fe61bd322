"""The cache of public pages, in front of the other middleware.

A page is cached under the version that its validator reads, which is also its ETag. So nothing is ever
invalidated and nothing is stale: another version means another page. A hit costs one statement, and neither
session, templates nor compression.
"""

import hashlib
import logging
from collections.abc import Callable
from typing import Literal, cast

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.decorators import sync_only_middleware
from django.utils.http import parse_etags

from web.accepted_form import SUFFIX
from web.page_validator import OUT_OF_REACH, Version
from web.public_page import Found, PublicPage, find_public_page
from web.replica import PRIMARY, REPLICA, leave_replica, read_alias
from web.request_metrics import PAGE_CACHE
from web.requests import PublicRequest
from web.single_flight import SingleFlight
from web.stored_page import StoredPage

type Middleware = Callable[[HttpRequest], HttpResponseBase]
type Result = Literal["hit", "miss", "not_modified"]

RENDER_TIMEOUT = 20  # seconds that a thread waits for another one that renders the same page
logger = logging.getLogger(__name__)
_flights = SingleFlight[StoredPage](RENDER_TIMEOUT)


@sync_only_middleware
def page_cache(get_response: Middleware) -> Middleware:
    """Answer requests for public pages from the cache, or have them rendered as for a visitor without cookies."""

    def render(request: HttpRequest) -> HttpResponseBase:
        return _without_cookies(request, get_response)

    def middleware(request: HttpRequest) -> HttpResponseBase:
        found = find_public_page(request.path_info) if request.method in {"GET", "HEAD"} else None
        if found is None:
            return get_response(request)
        if not found.page.has_markdown:
            return answer(request, found)
        cast(PublicRequest, request).is_markdown = found.page.is_markdown(request)
        response = answer(request, found)
        if not request.path.endswith(SUFFIX):
            patch_vary_headers(response, ["Accept"])
        return response

    def answer(request: HttpRequest, found: Found) -> HttpResponseBase:
        if not found.page.is_cached_for(request):
            response = render(request)
            response["Cache-Control"] = "no-store"
            return response
        if not settings.PAGE_CACHE:
            return render(request)
        try:
            version = _read_version(request, found)
        except OUT_OF_REACH as error:
            return _render_without_version(request, render, error)
        cast(PublicRequest, request).holds_sample = version.holds_sample
        if version.text is None:
            return render(request)
        result, response = _cached(request, _key(request, found.page, version.text), render)
        PAGE_CACHE.labels(found.name, result).inc()
        return response

    return middleware


def _cached(request: HttpRequest, key: str, render: Middleware) -> tuple[Result, HttpResponseBase]:
    """Return the answer, and what the cache had to do with it."""
    etag = f'W/"{key}"'
    asked = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
    # Weak comparison, RFC 9110 §13.1.2.
    if f'"{key}"' in [each.removeprefix("W/") for each in asked]:
        return "not_modified", _validated(HttpResponseNotModified(), etag)
    page = caches["pages"].get(key)
    result: Result = "hit"
    if page is None:
        result = "miss"
        rendered: list[HttpResponseBase] = []
        page = _flights.run(key, lambda: _render(request, key, render, rendered))
        if page is None:
            return result, rendered[0]
    if asked == ["*"]:
        return "not_modified", _validated(HttpResponseNotModified(), etag)
    if not page.gzip and page.coding_for(request) == "gzip":
        page = page.with_gzip()
        caches["pages"].set(key, page)
    return result, _validated(page.response(request), etag)


def _render(
    request: HttpRequest, key: str, render: Middleware, rendered: list[HttpResponseBase]
) -> StoredPage | None:
    """Render the page and store it; None where it is not to be stored. Leaves the response in `rendered`.

    Another thread may have stored it since this one looked.
    """
    if page := caches["pages"].get(key):
        return page
    response = render(request)
    rendered.append(response)
    if not (isinstance(response, HttpResponse) and response.status_code == 200):
        return None
    page = StoredPage.of(response)
    caches["pages"].set(key, page)
    return page


def _without_cookies(request: HttpRequest, get_response: Middleware) -> HttpResponseBase:
    """Render a public page; no cookie reaches it, and none leaves it, so that nothing in it is a reader's own."""
    read_alias(request)  # decides by the cookies which server to read from, for the whole request
    request.META.pop("HTTP_COOKIE", None)
    request.COOKIES = {}
    response = get_response(request)
    if response.cookies:
        logger.error("A public page set a cookie, which was removed: %s", request.path)
        response.cookies.clear()
    return response


def _render_without_version(
    request: HttpRequest, render: Middleware, error: Exception
) -> HttpResponseBase:
    """Render a page that is not cached. If its view finds no database either, its 503 is logged already."""
    response = render(request)
    if response.status_code != 503:
        logger.warning("Could not read the version of a page: %s", error)
    return response


def _read_version(request: HttpRequest, found: Found) -> Version:
    """Return the version of the page, from the server that its view will read from."""
    alias = PRIMARY if found.page.reads_primary else read_alias(request)
    try:
        return found.page.validator.read(found.kwargs, alias)
    except OUT_OF_REACH as error:
        if alias != REPLICA:
            raise
        leave_replica(request, error)
        return _read_version(request, found)


def _key(request: HttpRequest, page: PublicPage, version: str) -> str:
    parts = (
        settings.RELEASE,
        request.is_secure(),
        request.path,
        page.query(request),
        page.has_markdown and cast(PublicRequest, request).is_markdown,
        version,
    )
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def _validated[Response: HttpResponseBase](response: Response, etag: str) -> Response:
    # Weak: the same in every content coding.
    response["ETag"] = etag
    # Any cache may store it, but must revalidate before using it.
    response["Cache-Control"] = "public, no-cache"
    # Seconds that our own nginx keeps it (deploy/nginx/proxy.conf).
    response["X-Accel-Expires"] = "1"
    response["Vary"] = "Accept-Encoding"
    return response
