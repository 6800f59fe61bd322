"""Protection of reader-facing forms against cross-site request forgery, without tokens or cookies.

A browser states where a POST comes from, in headers that no page can set:

- `Origin` present: it must be the origin of this site, as `SITE_URL` names it or as the request itself was
  addressed (a host in ALLOWED_HOSTS). "null" is refused: a sandboxed frame of any site sends it.
- no `Origin`: `Sec-Fetch-Site` must be "same-origin".
- neither: refused. Every browser since 2020 sends `Origin` with a POST.

Like Go's `net/http.CrossOriginProtection` (https://words.filippo.io/csrf/) and the proposal for Django
(https://github.com/django/new-features/issues/98), but stricter: both accept a request without either
header, for the sake of programs, and "none" (typed into the address bar), which no form sends. See docs/adr/0004.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import cache, wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from web.responses import refuse

UNCONFIRMED = "We could not confirm that this came from our site. Reload the page and try again."
DEFAULT_PORTS = {"http": 80, "https": 443}


def same_origin_posts(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a view whose POSTs come from pages of this site only; others are answered with 403.

    Django's own CSRF protection, which needs a cookie, does not apply to the view.
    """

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not is_same_origin(request):
            return refuse(request, HTTPStatus.FORBIDDEN, UNCONFIRMED)
        return view(request, *args, **kwargs)

    answer.has_same_origin_posts = True  # type: ignore[attr-defined]
    return answer


def is_same_origin(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin")
    if origin is not None:
        return is_own_origin(request, origin)
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


def is_own_origin(request: HttpRequest, origin: str) -> bool:
    if origin == _origin_of_site(settings.SITE_URL):
        return True
    return origin == f"{request.scheme}://{request.get_host()}"


@cache
def _origin_of_site(address: str) -> str:
    return origin_of(address)


def origin_of(address: str) -> str:
    """The origin of an address as browsers write it: lower case, without the default port. "" for none."""
    with suppress(ValueError):
        parts = urlsplit(address)
        if parts.scheme and parts.hostname:
            host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
            is_default = parts.port in {None, DEFAULT_PORTS.get(parts.scheme)}
            return f"{parts.scheme}://{host}" + ("" if is_default else f":{parts.port}")
    return ""
