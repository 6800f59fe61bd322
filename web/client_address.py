import logging
from functools import cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

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
    """Return the IP address in "192.0.2.1:5678", "[2001:db8::1]:80" or "[2001:db8::1]"; others as they are."""
    try:
        ip_address(address)
    except ValueError:
        return _host_of(address)
    return address


def _host_of(address: str) -> str:
    try:
        return str(ip_address(urlsplit(f"//{address}").hostname or ""))
    except ValueError:
        return address


@cache
def _warn_of_missing_proxies(hops: int, found: int) -> None:
    """Log it once in each process. With too many hops a client can choose its address, past all limits."""
    logger.error(
        "TRUSTED_PROXY_HOPS is %d, but a request passed only %d of these proxies (X-Forwarded-For). "
        "Set it to the number of your own proxies that add to this header; with deploy/nginx.conf that is 1.",
        hops,
        found,
    )
