import logging
import re
from functools import cache

from django.conf import settings
from django.http import HttpRequest

WITH_PORT = re.compile(r"(?:(?P<v4>\d+(?:\.\d+){3})|\[(?P<v6>[^\[\]]+)\])(?::\d*)?", re.ASCII)
logger = logging.getLogger(__name__)


def client_address(request: HttpRequest) -> str:
    """Return the IP address of the client, without a port.

    X-Forwarded-For is trusted only as far as our own proxies wrote it: with TRUSTED_PROXY_HOPS = n
    the n-th address from the right, which the outermost of them saw. What a client writes into the
    header is further left and ignored.
    """
    hops = settings.TRUSTED_PROXY_HOPS
    header = request.META.get("HTTP_X_FORWARDED_FOR", "")
    forwarded = [part.strip() for part in header.split(",")] if header else []
    if hops > len(forwarded):
        _warn_of_missing_proxies(hops, len(forwarded))
    elif hops and forwarded[-hops]:
        return without_port(forwarded[-hops])
    return without_port(request.META.get("REMOTE_ADDR", ""))


def without_port(address: str) -> str:
    """Return the address in "192.0.2.1:5678", "[2001:db8::1]:80" or "[2001:db8::1]"; others as they are."""
    found = WITH_PORT.fullmatch(address)
    return found["v4"] or found["v6"] if found else address


@cache
def _warn_of_missing_proxies(hops: int, found: int) -> None:
    """Log it once in each process. With too many hops a client can choose its address, past all limits."""
    logger.error(
        "TRUSTED_PROXY_HOPS is %d, but a request passed only %d of these proxies (X-Forwarded-For). "
        "Set it to the number of your own proxies that add to this header; with deploy/nginx.conf that is 1.",
        hops,
        found,
    )
