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
from api.mcp.server import descriptions
from api.problems import CONTENT_TYPE, Problem
from votes.page_validators import SHARED_PAGE
from web.public_page import public_page

REFERENCE = "#/components/schemas/"
GENERIC = re.compile(r"^(\w+?)_(\w+)_$")
# What any endpoint may answer beside 200, and what only those with a part of the address that may be wrong.
ANY_ENDPOINT = {
    "304": "Not changed: the ETag is one of those in If-None-Match.",
    "400": "The request is malformed.",
    "404": "Nothing is at this address, or a parameter names something that does not exist.",
    "405": "The method is not GET, HEAD or OPTIONS.",
    "414": "The address is too long. nginx answers, without problem details.",
    "422": "A parameter is not valid.",
    "429": "Too many requests; Retry-After says when to try again.",
    "503": "The database is not available; Retry-After says when to try again.",
}
NAMED = {
    "301": "An old slug, or another spelling: Location has the current address.",
    "410": "It was withdrawn from the catalogue.",
}


@dataclass(frozen=True)
class Operation:
    id: str
    path: str
    text: str
    parameters: Sequence[Mapping[str, Any]]
    answer: "Type"

    @property
    def takes_no_name(self) -> bool:
        """Whether its path is an address that can be opened as it is."""
        return "{" not in self.path


@dataclass(frozen=True)
class Type:
    """A schema in a few words, and the name of the schema that it refers to; "" if it is of none."""

    words: str
    reference: str


@dataclass(frozen=True)
class Field:
    name: str
    type: Type
    text: str


@dataclass(frozen=True)
class Described:
    """A schema with a name."""

    name: str
    text: str
    fields: Sequence[Field]


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
    context = {
        "operations": list(_operations()),
        "mcp_tools": descriptions,
        "schemas": list(_schemas()),
        "statuses": sorted((ANY_ENDPOINT | NAMED).items()),
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
            _type(schema),
        )


def _schemas() -> Iterator[Described]:
    for name, schema in sorted(document()["components"]["schemas"].items()):
        fields = [
            Field(name, _type(described), without_markup(described.get("description", "")))
            for name, described in schema.get("properties", {}).items()
        ]
        yield Described(readable(name), without_markup(schema.get("description", "")), fields)


def _type(schema: Mapping[str, Any]) -> Type:
    return Type(type_of(schema), reference_in(schema))


def reference_in(schema: Mapping[str, Any]) -> str:
    """Return the readable name of the schema that a schema is, or is a list of, or may be; "" if there is none."""
    if "$ref" in schema:
        return readable(str(schema["$ref"]).removeprefix(REFERENCE))
    inner = [*schema.get("anyOf", []), *([schema["items"]] if "items" in schema else [])]
    return next(filter(None, map(reference_in, inner)), "")


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
