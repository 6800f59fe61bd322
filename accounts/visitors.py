"""What every action of a reader has in common, in one place.

`reader_view` decorates the view: no cache keeps its answer, a POST from another site is refused (403), too
many requests are refused (`accounts.middleware`), a reader who acted gets their cookie, and after a POST no
cache or lagging replica answers them (`web.last_write`). The view is left with what is its own.
"""

from collections.abc import Callable, Sequence
from functools import cached_property, wraps
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Reader
from accounts.networks import (
    CUSTOMER_IPV6_PREFIXES,
    IPV6_PREFIXES,
    Network,
    network_hash,
    networks_of,
)
from accounts.rate_limits import refuse_beyond
from accounts.readers import make_reader, reader_id, set_cookie, store_visit
from accounts.write_limits import NEW_READERS, WRITES, WriteLimit, exceeded_storage
from web.client_address import client_address
from web.cross_origin import same_origin_posts
from web.last_write import set_last_write


class Visitor:
    """Who sends a request: the reader that its cookie names, if any, and the network it comes from."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.has_acted = False
        self.last_write: str | None = None

    @cached_property
    def reader_id(self) -> UUID | None:
        """As the cookie names it, without a query: the reader may have been deleted since."""
        return reader_id(self._request)

    @cached_property
    def reader(self) -> Reader | None:
        return Reader.objects.filter(pk=self.reader_id).first() if self.reader_id else None

    @cached_property
    def network(self) -> bytes:
        return network_hash(client_address(self._request))

    def networks(self, ipv6_prefixes: Sequence[int]) -> list[Network]:
        """The networks to limit, the narrowest first."""
        return networks_of(client_address(self._request), ipv6_prefixes)

    def consume(self, limit: WriteLimit, ipv6_prefixes: Sequence[int] = IPV6_PREFIXES) -> None:
        """Raise TooManyRequests if one more action exceeds the `limit`."""
        refuse_beyond(limit.exceeded(self.networks(ipv6_prefixes), self.reader_id), limit.things)

    def consume_storage(self, kilobytes: float) -> None:
        """Raise TooManyRequests if the network of the visitor would store too much with what it sends now."""
        exceeded = exceeded_storage(self.networks(CUSTOMER_IPV6_PREFIXES), kilobytes)
        refuse_beyond(exceeded, "long notes and imports from your network")

    def act[Result](self, action: Callable[..., Result], **values: Any) -> Result:
        """Return what `action(reader=…, **values)` returns, for the reader or for one made now.

        A reader who was deleted in another tab since we looked becomes a new one, once.
        """
        try:
            result = action(reader=self.reader or self._become_reader(), **values)
        except (Reader.DoesNotExist, IntegrityError):
            result = action(reader=self._become_reader(), **values)
        self.has_acted = True
        return result

    def acted_as(self, reader_id: UUID | None, last_write: str | None) -> None:
        """Remember whose an action was, as it may have made the reader, and the position of its write."""
        self.last_write = last_write
        self.reader_id = reader_id
        self.has_acted = True

    def _become_reader(self) -> Reader:
        self.consume(NEW_READERS, CUSTOMER_IPV6_PREFIXES)
        self.reader = make_reader(self.network)
        self.reader_id = self.reader.pk
        return self.reader


def reader_view(
    *methods: str, limit: WriteLimit | None = WRITES
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Decorate `view(request, visitor, …)`, which answers `methods`.

    A POST consumes the `limit` before the view runs; without one, the view consumes limits of its own.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @never_cache
        @require_http_methods(methods)
        @same_origin_posts
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            visitor = Visitor(request)
            if request.method == "POST" and limit:
                visitor.consume(limit)
            known_id = visitor.reader_id
            response = view(request, visitor, *args, **kwargs)
            if visitor.has_acted and visitor.reader_id != known_id:
                set_cookie(response, Reader(pk=visitor.reader_id))
            elif visitor.has_acted:
                store_visit(request, response)
            if request.method == "POST" and visitor.reader_id and response.status_code < 400:
                set_last_write(response, visitor.last_write)
            return response

        return answer

    return decorate
