"""Requests with what decorators and middleware put on them, for type annotations."""

from typing import Protocol

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class Version(Protocol):
    """What a public page depends on, in one string that changes with anything that the page shows."""

    @property
    def version(self) -> str: ...


class PublicRequest(HttpRequest):
    """A request that `public_page` answers."""

    site_version: Version


class HtmxRequest(HttpRequest):
    """A request after `HtmxMiddleware`: `request.htmx` is true for a request that HTMX sent."""

    htmx: HtmxDetails
