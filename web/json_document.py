"""JSON from any source: parsed, and checked against a schema, with sentences on what is wrong."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NoReturn

import jsonschema_rs

MAX_MESSAGE_LENGTH = 200


class BadDocument(Exception):
    """A document that cannot be used. `problems` says what is wrong and where, a sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def parse(text: str) -> Any:
    """Parse JSON `text`, and refuse what the database cannot store. Raises BadDocument."""
    try:
        document = json.loads(
            text, object_pairs_hook=_refuse_repeated_keys, parse_constant=_refuse_constant
        )
        json.dumps(document, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        position = f"line {error.lineno}, column {error.colno}"
        raise BadDocument([f"Not JSON: {error.msg} at {position}."]) from error
    except UnicodeEncodeError as error:
        raise BadDocument(["Text contains half a surrogate pair (\\ud800-\\udfff)."]) from error
    except (ValueError, RecursionError) as error:
        raise BadDocument([f"The JSON cannot be read: {error}."]) from error
    if "\\u0000" in text and "\0" in "".join(_strings(document)):
        raise BadDocument(
            ["Text contains a NUL character (\\u0000), which the database cannot store."]
        )
    return document


def schema_problems(
    document: Any, schema: dict[str, Any], *, limit: int | None = None, mask: str | None = None
) -> list[str]:
    """Return sentences on what `schema` does not allow, in document order, at most `limit`.

    `mask` replaces the values in the sentences: they may be long. Raises BadDocument.
    """
    validator = jsonschema_rs.validator_for(schema, validate_formats=True, mask=mask)
    try:
        errors = list(islice(validator.iter_errors(document), limit))
    except ValueError as error:
        raise BadDocument([f"The document cannot be checked: {error}."]) from error
    errors.sort(key=lambda error: _sort_key(error.instance_path))
    return [
        f"{location(document, error.instance_path)}: {_shorten(error.message)}." for error in errors
    ]


def location(document: Any, path: Iterable[str | int]) -> str:
    """Return a path for people: `tools[3] "acme": reviews[1].score`."""
    text, value = "", document
    for step in path:
        value = value[step]
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
        if isinstance(step, int) and isinstance(value, dict) and isinstance(value.get("slug"), str):
            text += f' "{value["slug"]}":'
    return text.replace(":.", ": ").lstrip(".").removesuffix(":") or "the file"


def _refuse_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        repeated = next(name for name, count in counts.items() if count > 1)
        raise ValueError(f'the key "{repeated}" occurs twice in one object')
    return row


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _sort_key(path: Iterable[str | int]) -> list[tuple[bool, int, str]]:
    return [
        (isinstance(step, str), step if isinstance(step, int) else 0, str(step)) for step in path
    ]


def _shorten(message: str) -> str:
    is_long = len(message) > MAX_MESSAGE_LENGTH
    return f"{message[:MAX_MESSAGE_LENGTH]}…" if is_long else message
