"""Check links to this site by requesting them in this process, through the middleware and the view.

So every reason for a page to be missing is found (an unpublished tool, a changed slug, a comparison of
missing tools) without a second copy of those rules. This is safe because GET changes nothing on this site.
"""

from functools import lru_cache
from io import BytesIO
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.utils.encoding import iri_to_uri

MAX_REDIRECTS = 5
REDIRECT_CODES = {301, 302, 303, 307, 308}


def is_internal(address: str) -> bool:
    """Return whether `address` has this site's own scheme and host."""
    return urlsplit(address)[:2] == urlsplit(settings.SITE_URL)[:2]


def link_problem(address: str) -> str:
    """Return a sentence that says why this internal link does not work for readers; "" if it does."""
    for _ in range(MAX_REDIRECTS):
        request = _request_for(address)
        response = _handler().get_response(request)
        if request.resolver_match and "admin" in request.resolver_match.app_names:
            return "It leads to the admin, which readers cannot open."
        if response.status_code not in REDIRECT_CODES:
            return "" if response.status_code < 400 else _status_problem(response.status_code)
        address = urljoin(address, response["Location"])
        if not is_internal(address):
            return ""
    return "It redirects too many times."


def _status_problem(code: int) -> str:
    if code in {404, 410}:
        return f"The page does not exist ({code})."
    return f"The page answers with an error ({code})."


@lru_cache(maxsize=1)
def _handler() -> BaseHandler:
    """Return a handler without request signals, which would close the current database connection."""
    handler = BaseHandler()
    handler.load_middleware()
    return handler


def _request_for(address: str) -> WSGIRequest:
    scheme, host, path, query, _ = urlsplit(address)
    environ = {
        "REQUEST_METHOD": "GET",
        # WSGI represents each octet of the path as one latin-1 character.
        "PATH_INFO": unquote(iri_to_uri(path) or "/", "latin-1"),
        "QUERY_STRING": iri_to_uri(query),
        "SERVER_NAME": urlsplit(settings.SITE_URL).hostname,
        "SERVER_PORT": "443" if scheme == "https" else "80",
        "HTTP_HOST": host,
        "HTTP_X_FORWARDED_PROTO": scheme,
        "REMOTE_ADDR": "127.0.0.1",
        "SCRIPT_NAME": "",
        "wsgi.url_scheme": scheme,
        "wsgi.input": BytesIO(),
    }
    return WSGIRequest(environ)
