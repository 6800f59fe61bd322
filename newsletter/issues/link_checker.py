"""Whether an address of ours leads somewhere: asked of the site itself, in this process.

A link is looked at as a reader's browser would: through the middleware and the view. So whatever makes a page
come or go (a tool that was unpublished, a slug that changed, a comparison of tools that are not there)
counts, without a list of such rules that would have to be kept. GET changes nothing on this site.
"""

from functools import lru_cache
from io import BytesIO
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.utils.encoding import iri_to_uri

MOST_REDIRECTS = 5
REDIRECTS = {301, 302, 303, 307, 308}


def is_internal(address):
    """Whether an address names this site's own scheme and host."""
    return urlsplit(address)[:2] == urlsplit(settings.SITE_URL)[:2]


def link_problem(address):
    """Why readers get nowhere by an `address` of ours, in words; "" when they get somewhere."""
    for _ in range(MOST_REDIRECTS):
        request = _request_for(address)
        response = _handler().get_response(request)
        if request.resolver_match and "admin" in request.resolver_match.app_names:
            return "leads to the desk, where readers cannot go"
        if response.status_code not in REDIRECTS:
            return "" if response.status_code < 400 else f"answers {response.status_code}"
        address = urljoin(address, response["Location"])
        if not is_internal(address):
            return ""
    return "leads round in circles"


@lru_cache(maxsize=1)
def _handler():
    """Without the signals of a request that came from outside, which would close this one's connection."""
    handler = BaseHandler()
    handler.load_middleware()
    return handler


def _request_for(address):
    scheme, host, path, query, _ = urlsplit(address)
    environ = {
        "REQUEST_METHOD": "GET",
        # As WSGI has it: the octets of the path, each as a letter.
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
