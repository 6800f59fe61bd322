"""Requests with what decorators and middleware put on them, for type annotations."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class PublicRequest(HttpRequest):
    """A request for a public page: whether sample content is public, as its validator says, and in which form."""

    holds_sample: bool
    is_markdown: bool


class HtmxRequest(HttpRequest):
    """A request after `HtmxMiddleware`: `request.htmx` is true for a request that HTMX sent."""

    htmx: HtmxDetails
