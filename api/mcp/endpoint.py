"""The MCP endpoint `/mcp/`: JSON-RPC by POST (streamable HTTP), without sessions, streams, cookies or a login.

It looks at a request before django-mcpz reads it: what is too large, nests too deeply or cannot be stored costs no
more than its bytes.
"""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from accounts.rate_limits import TooManyRequests
from api.mcp import changes_since, check_stack, compare, get_tool, search_tools  # noqa: F401
from api.mcp.server import server
from api.rate_limit import describe_limit, limited
from web.cross_origin import is_own_origin
from web.json_document import BadDocument, Limits, parse
from web.wsgi import declared_length

MOST_BYTES = 256 * 1024
LIMITS = Limits(characters=MOST_BYTES, values=3_000, depth=20)
PARSE_ERROR, INVALID_REQUEST, SERVER_ERROR = -32700, -32600, -32000
# A larger one is no number in JavaScript, and could not be written back.
LARGEST_ID = 2**53


class Refused(Exception):
    def __init__(self, status: HTTPStatus, code: int, message: str) -> None:
        self.status, self.code, self.message = status, code, message


@csrf_exempt  # a program has no token; it changes nothing, and a browser on another site is refused by its Origin
@never_cache
def mcp(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _for_browsers()
    response = _answer_or_error(request)
    describe_limit(request, response)
    if error := getattr(request, "unavailable", None):
        raise error
    return response


def _for_browsers() -> HttpResponse:
    """Say what this is. A client that asks for a stream (GET) or ends a session (DELETE) is refused in the same way."""
    page = render_to_string("api/mcp.html")
    return HttpResponse(page, status=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})


def _answer_or_error(request: HttpRequest) -> HttpResponse:
    try:
        return _answer(request)
    except Refused as error:
        return _error(error.status, error.code, error.message)
    except TooManyRequests as error:
        response = _error(HTTPStatus.TOO_MANY_REQUESTS, SERVER_ERROR, str(error))
        response["Retry-After"] = str(error.retry_after)
        return response


def _refuse_by_headers(request: HttpRequest) -> None:
    """Raise Refused for what its headers say is wrong."""
    origin = request.headers.get("Origin")
    if origin is not None and not is_own_origin(request, origin):
        raise Refused(
            HTTPStatus.FORBIDDEN,
            INVALID_REQUEST,
            "Pages of other sites cannot use this endpoint. Call it from a program, which sends no Origin.",
        )
    if request.content_type != "application/json":
        raise Refused(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            INVALID_REQUEST,
            "Send JSON, with the header Content-Type: application/json.",
        )
    if declared_length(request) > MOST_BYTES:
        raise Refused(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            INVALID_REQUEST,
            f"A request can have at most {MOST_BYTES:,} bytes. Send a shorter one.",
        )


@limited
def _answer(request: HttpRequest) -> HttpResponse:
    _refuse_by_headers(request)
    _refuse_unreadable(request)
    return server(request)


def _refuse_unreadable(request: HttpRequest) -> None:
    """Raise Refused unless the body is JSON that is cheap to read and whose texts Postgres can store."""
    try:
        message = parse(request.body.decode(), LIMITS)
    except BadDocument as error:
        raise Refused(HTTPStatus.BAD_REQUEST, PARSE_ERROR, " ".join(error.problems)) from error
    except UnicodeDecodeError as error:
        raise Refused(HTTPStatus.BAD_REQUEST, PARSE_ERROR, "The JSON is not UTF-8.") from error
    except UnreadablePostError as error:
        raise Refused(HTTPStatus.BAD_REQUEST, PARSE_ERROR, "The body ended early.") from error
    number = message.get("id") if isinstance(message, dict) else None
    if isinstance(number, int) and abs(number) > LARGEST_ID:
        raise Refused(
            HTTPStatus.BAD_REQUEST,
            INVALID_REQUEST,
            f"An id is a text, or a number up to {LARGEST_ID}.",
        )


def _error(status: HTTPStatus, code: int, message: str) -> HttpResponse:
    error = {"code": code, "message": message}
    return JsonResponse({"jsonrpc": "2.0", "id": None, "error": error}, status=status)
