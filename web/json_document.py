"""JSON of anybody's making in; a document of the form that a schema says, or sentences on what is wrong."""

import json
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import Any

import jsonschema_rs


class BadDocument(Exception):
    """A document that cannot be used; `problems` says what is wrong and where, a sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def parse(text: str) -> Any:
    """What `text` holds, without what no database can store. Raises BadDocument."""
    try:
        document = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_refuse)
        json.dumps(document, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise BadDocument([f"Not JSON: {error.msg} at {place}."]) from error
    except UnicodeEncodeError as error:
        raise BadDocument(
            ["Half a character (a lone surrogate \\ud800-\\udfff) in a text."]
        ) from error
    except (ValueError, RecursionError) as error:
        raise BadDocument([f"Not JSON that can be read: {error}."]) from error
    if "\\u0000" in text and "\0" in "".join(_strings(document)):
        raise BadDocument(["A NUL character (\\u0000) in a text: the database cannot store it."])
    return document


def form_problems(
    document: Any, schema: dict[str, Any], *, most: int | None = None, mask: str | None = None
) -> list[str]:
    """Sentences on what `schema` does not allow, in the order of the document; `most` of them at most.

    `mask` stands in the sentences for the values, which may be long.
    """
    validator = jsonschema_rs.validator_for(schema, validate_formats=True, mask=mask)
    try:
        found = list(islice(validator.iter_errors(document), most))
    except ValueError as error:
        raise BadDocument([f"Not a document of this form: {error}."]) from error
    found.sort(key=lambda error: _sortable(error.instance_path))
    return [
        f"{place(document, error.instance_path)}: {_shortened(error.message)}." for error in found
    ]


def place(document: Any, path: Iterable[str | int]) -> str:
    """Where in the document, for people: `tools[3] "acme": reviews[1].score`."""
    words, value = "", document
    for step in path:
        value = value[step]
        words += f"[{step}]" if isinstance(step, int) else f".{step}"
        if isinstance(step, int) and isinstance(value, dict) and isinstance(value.get("slug"), str):
            words += f' "{value["slug"]}":'
    return words.replace(":.", ": ").lstrip(".").removesuffix(":") or "the file"


def _without_repeats(pairs):
    row = dict(pairs)
    if len(row) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        repeated = next(name for name, count in counts.items() if count > 1)
        raise ValueError(f'the key "{repeated}" stands twice in one object')
    return row


def _refuse(constant):
    raise ValueError(f"{constant} is no JSON number")


def _strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _sortable(path):
    return [
        (isinstance(step, str), step if isinstance(step, int) else 0, str(step)) for step in path
    ]


def _shortened(message, most=200):
    return message if len(message) <= most else message[:most] + "…"
