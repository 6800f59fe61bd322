import logging
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_only_middleware
from django.utils.log import log_response

from web.postgres import give_up_after, is_unavailable, root_cause
from web.wsgi import GuardedRequest, declared_length

type View = Callable[[HttpRequest], HttpResponseBase]

METHODS = {"GET", "HEAD", "POST", "OPTIONS"}
UNAVAILABLE = (
    "503 Service Unavailable\n\nOur database is not available. Try again in a few seconds.\n"
)
# Seconds. Staff's actions may let their own statements take minutes; a silent Postgres must not keep the thread.
LONGEST_FOR_STAFF = 660
logger = logging.getLogger(__name__)


@sync_only_middleware
def refuse_malformed_requests(get_response: View) -> View:
    """Refuse requests that no reader's browser sends, before anything else reads them.

    - 405 for methods that no page of the site has (TRACE, invented ones).
    - 400 for a Host that is not the site's, also where no view would look at it.
    - 400 for a Content-Type that cannot be parsed, or that names a charset other than `web.wsgi.CHARSETS`.
    - 400 for a NUL in path, query or cookies: Postgres cannot store it and raises an error, and the
      cookie parser makes one from an octal escape.
    - 415 for a multipart body where no form takes a file (settings.FILE_FORMS), and 413 for one that
      is larger than that form takes: Django would store a stranger's files before a view runs.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.get_host()  # raises DisallowedHost, which Django answers with 400 and one line in the log
        return _refused(request) or get_response(request)

    return middleware


def _refused(request: HttpRequest) -> HttpResponse | None:
    if request.method not in METHODS:
        return _refusal(
            HTTPStatus.METHOD_NOT_ALLOWED,
            "No page of the site answers this method.",
            Allow=", ".join(sorted(METHODS)),
        )
    if isinstance(request, GuardedRequest) and not request.has_readable_content_type:
        return _refusal(
            HTTPStatus.BAD_REQUEST, "We could not read the Content-Type. Send text as UTF-8."
        )
    if _has_nul(request):
        return _refusal(HTTPStatus.BAD_REQUEST, "The address or a cookie contains a NUL character.")
    return _refused_file(request) if request.content_type == "multipart/form-data" else None


def _refused_file(request: HttpRequest) -> HttpResponse | None:
    most = _most_bytes(request.path)
    if most is None:
        return _refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "No form at this address takes a file.")
    if declared_length(request) > most:
        return _refusal(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A file here can have {most:,} bytes at most."
        )
    return None


class DatabaseUnavailableMiddleware:
    """Answer 503 with Retry-After when a view could not reach Postgres, or waited too long for it.

    What the view was writing is rolled back. After a lost connection nobody can know whether it was; sending
    the same vote again changes nothing.
    """

    async_capable = False

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        staff = request.path.startswith("/admin/")
        with give_up_after(LONGEST_FOR_STAFF if staff else settings.DATABASE_ANSWER_TIMEOUT):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not is_unavailable(error):
            return None
        response = HttpResponse(
            UNAVAILABLE, status=503, content_type="text/plain", headers={"Retry-After": "5"}
        )
        # One line, and the only one: Django does not log a response again that was logged this way.
        reason = " ".join(str(root_cause(error)).split())
        message = "Database unavailable for %s %s: %s"
        log_response(
            message,
            request.method,
            request.path,
            reason,
            response=response,
            request=request,
            logger=logger,
        )
        return response


def _most_bytes(path: str) -> int | None:
    """Return how many bytes the forms at `path` take with their files; None where none takes a file."""
    sizes = (most for start, most in settings.FILE_FORMS.items() if path.startswith(start))
    return next(sizes, None)


def _has_nul(request: HttpRequest) -> bool:
    query = request.META.get("QUERY_STRING", "")
    return (
        "\0" in request.path
        or "\0" in query
        or "%00" in query
        or any("\0" in name or "\0" in value for name, value in request.COOKIES.items())
    )


def _refusal(status: HTTPStatus, message: str, **headers: str) -> HttpResponse:
    text = f"{status.value} {status.phrase}\n\n{message}\n"
    return HttpResponse(text, status=status, content_type="text/plain", headers=headers)
