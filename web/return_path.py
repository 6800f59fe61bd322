"""Where a plain form's result page leads back to: the page of this site that the form stood on."""

from contextlib import suppress
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme

from web.cross_origin import is_own_origin, origin_of

PARAMETER = "back"


def read_return_path(request: HttpRequest) -> str:
    """The path that a result page leads back to: as asked, else the page that linked to it. "" for none of ours."""
    return _safe(request.GET.get(PARAMETER, "")) or path_of_form(request, request.path)


def with_return_path(request: HttpRequest, address: str, **query: str) -> str:
    """The `address` of a result page with `query` (empty values left out) and the path to lead back to.

    A public page is the same for everyone, so its forms name no path: the browser's `Referer` does. A
    result page passes on the path that it leads back to itself.
    """
    wanted = query | {PARAMETER: path_of_form(request, address)}
    filled = {name: value for name, value in wanted.items() if value}
    return f"{address}?{urlencode(filled)}" if filled else address


def path_of_form(request: HttpRequest, address: str = "") -> str:
    """The path of the page that the form stood on, or where the result page at `address` leads back to."""
    referer = request.headers.get("Referer", "")
    with suppress(ValueError):
        parts = urlsplit(referer)
        if not is_own_origin(request, origin_of(referer)):
            return ""
        if parts.path == address:
            return _safe(QueryDict(parts.query).get(PARAMETER, ""))
        return _safe(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    return ""


def _safe(path: str) -> str:
    is_path = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if is_path else ""
