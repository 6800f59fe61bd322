"""A guard in front of Django: it reads the content type of a request before any middleware could answer."""

from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.utils.http import parse_header_parameters

# None of them makes a NUL of anything but a NUL. Mail programs may name any of them (RFC 8058).
CHARSETS = {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1"}


def refuse_unreadable_content_types(application: WSGIApplication) -> Callable[..., Iterable[bytes]]:
    """Answer 400 to a content type that cannot be parsed, or names another charset than CHARSETS.

    Django raises LookupError for some, and decodes a body by any codec of Python: "unicode_escape" makes a
    NUL of what no check of the raw bytes can find.
    """

    def guarded(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if _is_readable(environ.get("CONTENT_TYPE", "")):
            return application(environ, start_response)
        start_response("400 Bad Request", [("Content-Type", "text/plain")])
        return [b"400 Bad Request\n"]

    return guarded


def _is_readable(content_type: Any) -> bool:
    try:
        _, parameters = parse_header_parameters(content_type)
    except (LookupError, ValueError):
        return False
    return parameters.get("charset", "utf-8").lower() in CHARSETS
