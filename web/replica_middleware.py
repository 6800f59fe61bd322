"""Reads from the replica where that is allowed, and once more from the primary where it fails."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from web.postgres import is_unavailable
from web.replica import (
    PRIMARY,
    REPLICA,
    current_alias,
    leave_replica,
    read_alias,
    read_from,
    reading_from,
)


class ReplicaMiddleware:
    """Without a replica it is not in the chain. It stands inside DatabaseUnavailableMiddleware."""

    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if REPLICA not in settings.DATABASES:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with reading_from(PRIMARY):
            response = self.get_response(request)
            if current_alias() == PRIMARY or read_alias(request) == REPLICA:
                return response
        with reading_from(PRIMARY):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Choose the server. Before it, only the session of staff is read, which is the primary's."""
        if getattr(view, "reads_replica", False):
            read_from(read_alias(request))
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if current_alias() != REPLICA or not is_unavailable(error):
            return None
        leave_replica(request, error)
        return HttpResponse(status=503)  # replaced by the answer with the primary
