"""Errors as problem details (RFC 9457, `application/problem+json`)."""

from collections.abc import Sequence
from http import HTTPStatus

from django.http import HttpResponse, JsonResponse

from api.data import Data

CONTENT_TYPE = "application/problem+json"
# What to say of an error that the API itself did not word.
DETAILS = {
    HTTPStatus.BAD_REQUEST: "The request is malformed.",
    HTTPStatus.NOT_FOUND: "Nothing is at this address. The addresses are described at /api/ and in /api/v1/openapi.json.",
    HTTPStatus.METHOD_NOT_ALLOWED: "The API can be read with GET, HEAD and OPTIONS only.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests. Try again after the seconds in Retry-After.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The database is not available. Try again in a few seconds.",
}


class ParameterError(Data):
    name: str
    detail: str


class Problem(Data):
    """An error."""

    type: str
    """Always `about:blank`: the status says what kind of error it is."""
    title: str
    """The reason phrase of the status."""
    status: int
    detail: str
    """What is wrong, in a sentence."""
    errors: list[ParameterError] = []
    """The parameters that are not valid."""


def problem(
    status: HTTPStatus, detail: str = "", errors: Sequence[ParameterError] = ()
) -> HttpResponse:
    described = Problem(
        type="about:blank",
        title=status.phrase,
        status=status.value,
        detail=detail or DETAILS.get(status, f"{status.description or status.phrase}."),
        errors=list(errors),
    )
    return JsonResponse(
        described.model_dump(exclude_defaults=True), status=status, content_type=CONTENT_TYPE
    )
