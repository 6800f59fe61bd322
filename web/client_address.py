from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the IP address of the client.

    X-Forwarded-For is trusted only as far as our own proxies wrote it: with TRUSTED_PROXY_HOPS = n
    the n-th address from the right, which the outermost of them saw. What a client writes into the
    header is further left and ignored.
    """
    hops = settings.TRUSTED_PROXY_HOPS
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if hops and len(forwarded) >= hops and forwarded[-hops]:
        return forwarded[-hops]
    return request.META.get("REMOTE_ADDR", "")
