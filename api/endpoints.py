"""How an endpoint is declared: a public page (`web.public_page`) that answers in JSON."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.renderers import JSONRenderer
from ninja.responses import NinjaJSONEncoder

from api.problems import ParameterError, problem
from api.rate_limit import limited
from tools import slug_converter  # noqa: F401  importing it registers it
from tools.past_day import ON, InvalidDayError, NothingThenError
from tools.slugs import find_by_any_slug
from web.page_validator import Validator
from web.public_page import PublicPage, public_page
from web.responses import moved_permanently

PREFIX = "api/v1/"
INVALID = "A parameter is not valid."


class Encoder(NinjaJSONEncoder):
    """Times with their microseconds, by which the entries of the change log are in order."""

    def default(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return value.isoformat().replace("+00:00", "Z")
        return super().default(value)


class Renderer(JSONRenderer):
    encoder_class = Encoder
    json_dumps_params = {"ensure_ascii": False}


api = NinjaAPI(
    title=f"{settings.SITE_NAME} API",
    version="1",
    description="What the pages of this site show, as JSON. The API is read-only and needs no key.",
    renderer=Renderer(),
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
)
# {name of the URL: what its answer depends on, and the parameters that it reads}
_declared: dict[str, PublicPage] = {}


class Moved(Exception):
    """The address is an old one, or in another spelling, of `path`."""

    def __init__(self, path: str) -> None:
        self.path = path


class Gone(Exception):
    """What was here was withdrawn."""


def endpoint[View: Callable[..., Any]](
    route: str,
    *,
    name: str,
    answer: Any,
    validator: Validator,
    params: Sequence[str] = (),
    uncached_params: Sequence[str] = (),
    reads_primary: bool = False,
) -> Callable[[View], View]:
    """Declare a view that is read with GET and answers with `answer`, a schema."""
    _declared[name] = PublicPage(validator, params, uncached_params, reads_primary=reads_primary)
    return api.api_operation(
        ["GET", "HEAD"],
        route,
        url_name=name,
        operation_id=name.removeprefix("api_"),
        response=answer,
    )


def patterns() -> list[URLPattern]:
    """Return the URL patterns of all endpoints declared so far."""
    return [
        path(PREFIX + str(pattern.pattern), _page(pattern), name=pattern.name)
        for pattern in api.urls[0]
        if isinstance(pattern, URLPattern) and pattern.name in _declared
    ]


def _page(pattern: URLPattern) -> Callable[..., Any]:
    declared = _declared[str(pattern.name)]
    page = public_page(
        declared.validator,
        params=declared.params,
        uncached_params=declared.uncached_params,
        reads_primary=declared.reads_primary,
    )(limited(_once(pattern.callback, {*declared.params, *declared.uncached_params} - {ON})))
    page.csrf_exempt = False  # type: ignore[attr-defined]  # django-ninja exempts all, and none needs it
    return page


def _once(view: Callable[..., Any], names: Iterable[str]) -> Callable[..., Any]:
    """Refuse a parameter that is given more than once: which value is meant cannot be known. `on` says so itself."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        errors = [
            ParameterError(name=name, detail=f"It is given {times} times. Give it once.")
            for name in sorted(names)
            if (times := len(request.GET.getlist(name))) > 1
        ]
        if errors:
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, INVALID, errors)
        return view(request, *args, **kwargs)

    return checked


def get_or_moved[Row: Model](rows: QuerySet[Row], slug: str, url_name: str) -> Row:
    """Return the row with `slug`. Raises Moved from an old one, and Http404 where there is none."""
    if row := rows.filter(slug=slug).first():
        return row
    row = find_or_404(rows, slug)
    raise Moved(reverse(url_name, args=[row.slug]))  # type: ignore[attr-defined]


def find_or_404[Row: Model](rows: QuerySet[Row], slug: str) -> Row:
    """Return the row with `slug`, present or old. Raises Http404 where there is none."""
    row = find_by_any_slug(rows, slug)
    if row is None:
        raise Http404(f"No {rows.model._meta.verbose_name} has this slug.")
    return row


@api.exception_handler(Moved)
def _moved(request: HttpRequest, error: Moved) -> HttpResponse:
    return moved_permanently(request, error.path)


@api.exception_handler(Gone)
def _gone(request: HttpRequest, error: Gone) -> HttpResponse:
    return problem(HTTPStatus.GONE, str(error))


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(HTTPStatus.NOT_FOUND, str(error))


@api.exception_handler(NothingThenError)
def _nothing_then(request: HttpRequest, error: NothingThenError) -> HttpResponse:
    return problem(HTTPStatus.NOT_FOUND, str(error))


@api.exception_handler(InvalidDayError)
def _invalid_day(request: HttpRequest, error: InvalidDayError) -> HttpResponse:
    errors = [ParameterError(name=ON, detail=str(error))]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, INVALID, errors)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [
        ParameterError(name=str(item["loc"][-1]), detail=f"{item['msg']}.") for item in error.errors
    ]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, INVALID, errors)


@api.exception_handler(Exception)
def _raise(request: HttpRequest, error: Exception) -> HttpResponse:
    """Leave everything else to the middleware of the site."""
    raise error
