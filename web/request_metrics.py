"""What is counted of each request. `/metrics` prints it (config/metrics/).

No label has a value that a client can choose: a view is named by its URL pattern, and a method by its class.
"""

from collections.abc import Callable
from time import perf_counter

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_only_middleware
from prometheus_client import Counter, Gauge, Histogram

from web.public_page import find_view

type View = Callable[[HttpRequest], HttpResponseBase]

METHODS = {"GET": "read", "HEAD": "read", "OPTIONS": "read", "POST": "write"}
REQUESTS = Counter(
    "shiporskip_requests", "Requests that were answered.", ["view", "method", "status"]
)
DURATION = Histogram(
    "shiporskip_request_duration_seconds",
    "Time until the answer was made.",
    ["view"],
    buckets=[0.002, 0.01, 0.05, 0.1, 0.25, 1, 5],
)
PAGE_CACHE = Counter(
    "shiporskip_page_cache_requests",
    "Requests for cached public pages: hit, miss (rendered) or not_modified (304).",
    ["view", "result"],
)
POOL_IN_USE = Gauge(
    "shiporskip_pool_connections_in_use",
    "Connections of the pools in use when each process last rendered an answer.",
    multiprocess_mode="livesum",
)
POOL_SIZE = Gauge(
    "shiporskip_pool_connections_max",
    "Connections that the pools can have.",
    multiprocess_mode="livesum",
)
POOL_WAITING = Gauge(
    "shiporskip_pool_requests_waiting",
    "Requests that waited for a connection when each process last rendered an answer.",
    multiprocess_mode="livesum",
)


@sync_only_middleware
def measure_requests(get_response: View) -> View:
    """Count each request and its time. The access log finds the name of the view in the environment of the request."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        began = perf_counter()
        response = get_response(request)
        seconds = perf_counter() - began
        view = request.META["site.view"] = _view_name(request)
        method = METHODS.get(request.method or "", "other")
        REQUESTS.labels(view, method, str(response.status_code)).inc()
        DURATION.labels(view).observe(seconds)
        if request.resolver_match:
            _observe_pool()
        return response

    return middleware


def _view_name(request: HttpRequest) -> str:
    """Return the name of the URL pattern; an answer from the cache, or a refusal, has not looked for it yet."""
    if request.resolver_match:
        return request.resolver_match.view_name or "unnamed"
    if request.path_info.startswith(settings.STATIC_URL):
        return "static"
    found = find_view(request.path_info)
    return found.name if found else "unresolved"


def _observe_pool() -> None:
    """Costs some microseconds, so that hits of the page cache, which use no pool, do without."""
    if pool := getattr(connection, "pool", None):
        stats = pool.get_stats()
        POOL_IN_USE.set(stats["pool_size"] - stats["pool_available"])
        POOL_SIZE.set(stats["pool_max"])
        POOL_WAITING.set(stats["requests_waiting"])
