"""The WSGI application: Django's, with a request that refuses what it cannot read.

Django decodes names and values by any codec of Python, and some of them make a NUL of bytes without one. So a NUL
is looked for after decoding: Postgres cannot store it and raises an error.
"""

from typing import Any

from django.core.exceptions import BadRequest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest, QueryDict, UnreadablePostError

# None of them makes a NUL of anything but a NUL. Mail programs may name any of them (RFC 8058).
CHARSETS = {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1"}


class GuardedRequest(WSGIRequest):
    has_readable_content_type = True
    _post: QueryDict

    def __init__(self, environ: dict[str, Any]) -> None:
        super().__init__(environ)
        self._sent: Any = self._stream  # Django replaces its own by what it has read

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        """Read the Content-Type. Django raises from the constructor, where no middleware could answer."""
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc]  # not in django-stubs
        except (BadRequest, LookupError, ValueError):
            self.content_type, self.content_params = "", {}
            self.has_readable_content_type = False
        else:
            charset = (self.content_params or {}).get("charset", "utf-8")
            self.has_readable_content_type = charset.lower() in CHARSETS

    def _load_post_and_files(self) -> None:
        """Read the form. Raises BadRequest for a NUL in a field, and for a body that ended early."""
        try:
            super()._load_post_and_files()
        except UnreadablePostError as error:
            raise self._unusable("The body of the request ended early") from error
        if self._sent._pos < self._sent.limit:
            raise self._unusable("The body of the request ended early")
        if has_nul_in(self._post):
            raise self._unusable("A field of the form contains a NUL character")

    def _unusable(self, reason: str) -> BadRequest:
        """Return the error to raise. The error page may look at the form again, which is empty from then on."""
        self._mark_post_parse_error()  # type: ignore[attr-defined]  # not in django-stubs
        return BadRequest(reason)


class Handler(WSGIHandler):
    request_class = GuardedRequest


def declared_length(request: HttpRequest) -> int:
    """Return the Content-Length. Django reads no more than that, and nothing if it is not a number."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isascii() and length.isdigit() and len(length) < 20 else 0


def has_nul_in(fields: QueryDict) -> bool:
    return any(
        "\0" in name or any("\0" in value for value in values) for name, values in fields.lists()
    )
