"""The OpenAPI 3.1 document of the API, and the page to read it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from api.endpoints import PREFIX, api
from api.problems import CONTENT_TYPE, Problem
from votes.page_validators import SHARED_PAGE
from web.public_page import public_page

REFERENCE = "#/components/schemas/"
GENERIC = re.compile(r"^(\w+?)_(\w+)_$")
# What any endpoint may answer beside 200, and what only those with a part of the address that may be wrong.
ANY_ENDPOINT = {
    "304": "Not changed: the ETag is one of those in If-None-Match.",
    "400": "The request is malformed.",
    "404": "Nothing is at this address, or a parameter names what is not there.",
    "405": "Another method than GET, HEAD or OPTIONS.",
    "414": "The address is too long. The server in front answers, in its own words.",
    "422": "A parameter is not valid.",
    "429": "Too many requests; Retry-After says when to try again.",
    "503": "The database is not available; Retry-After says when to try again.",
}
NAMED = {
    "301": "An old slug, or another spelling: Location has the present address.",
    "410": "It was withdrawn from the catalogue.",
}


@dataclass(frozen=True)
class Operation:
    id: str
    path: str
    text: str
    parameters: Sequence[Mapping[str, Any]]
    answer: str
    """The name of the schema of its answer."""


@dataclass(frozen=True)
class Field:
    name: str
    type: str
    text: str


@cache
def document() -> Mapping[str, Any]:
    """Return the OpenAPI document."""
    made = api.get_openapi_schema(path_prefix=PREFIX)
    made["servers"] = [{"url": settings.SITE_URL}]
    made["components"]["schemas"]["Problem"] = Problem.model_json_schema(
        ref_template=REFERENCE + "{model}"
    )
    definitions = made["components"]["schemas"]["Problem"].pop("$defs", {})
    made["components"]["schemas"] |= definitions
    for path, methods in made["paths"].items():
        methods.pop("head")
        operation = methods["get"]
        operation["responses"] = _responses(operation["responses"], is_named="{" in path)
    return dict(made)


def _responses(responses: Mapping[Any, Any], *, is_named: bool) -> dict[str, Any]:
    described = {str(status): response for status, response in responses.items()}
    described["200"]["headers"] = {"ETag": {"schema": {"type": "string"}}}
    for status, text in (ANY_ENDPOINT | (NAMED if is_named else {})).items():
        described[status] = {"description": text}
        if int(status) >= HTTPStatus.BAD_REQUEST and status != "414":
            schema = {"$ref": f"{REFERENCE}Problem"}
            described[status]["content"] = {CONTENT_TYPE: {"schema": schema}}
    return described


@public_page(SHARED_PAGE)
def openapi(request: HttpRequest) -> HttpResponse:
    return JsonResponse(document(), json_dumps_params={"ensure_ascii": False, "indent": 2})


@public_page(SHARED_PAGE)
def docs(request: HttpRequest) -> HttpResponse:
    """Show the OpenAPI document as a page."""
    schemas = document()["components"]["schemas"]
    context = {
        "operations": list(_operations()),
        "schemas": {
            readable(name): list(_fields(schema)) for name, schema in sorted(schemas.items())
        },
    }
    return render(request, "api/docs.html", context)


def _operations() -> Iterator[Operation]:
    for path, methods in document()["paths"].items():
        operation = methods["get"]
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        yield Operation(
            operation["operationId"],
            path,
            without_markup(operation.get("description", "")),
            operation["parameters"],
            type_of(schema),
        )


def _fields(schema: Mapping[str, Any]) -> Iterator[Field]:
    for name, described in schema.get("properties", {}).items():
        yield Field(name, type_of(described), without_markup(described.get("description", "")))


def readable(name: str) -> str:
    """Return the name of a schema, of a generic one "Page of Tool"."""
    return GENERIC.sub(r"\1 of \2", name)


def without_markup(text: str) -> str:
    """Return a description, which is Markdown in the document, as plain text."""
    return text.replace("`", "")


def type_of(schema: Mapping[str, Any]) -> str:
    """Return a schema in a few words: "string or null", "list of Fact"."""
    if "$ref" in schema:
        return readable(str(schema["$ref"]).removeprefix(REFERENCE))
    if "anyOf" in schema:
        return " or ".join(type_of(option) for option in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(str(value) or "“”" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {type_of(schema.get('items') or schema['prefixItems'][0])}"
    return str(schema.get("format") or schema.get("type", "anything"))
