"""JSON from any source: limited in size, parsed, and checked against a schema, with sentences on what is wrong."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import isinf
from typing import Any, NoReturn

import jsonschema_rs

from web.schema_words import error_words

MAX_MESSAGE_LENGTH = 200
MOST_DIGITS = 4000

# Matches any text, an unfinished string too, without going back: it costs the same per character.
STRING = re.compile(r'"(?:[^"\\]++|\\.|\\\Z)*+"?', re.DOTALL)
BRACKET = re.compile(r"[][{}]")
ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class BadDocument(Exception):
    """A document that cannot be used. `problems` says what is wrong and where, a sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Limits:
    """What a document may cost: its length in characters, its number of values, and how deep they nest."""

    characters: int
    values: int
    depth: int


def parse(text: str, limits: Limits) -> Any:
    """Parse JSON `text`, and refuse what the database cannot store. Raises BadDocument.

    Text beyond the limits is refused before it is parsed: parsed values take up to 20 times its memory.
    """
    refuse_large(text, limits)
    try:
        document = decoder().decode(text)
    except json.JSONDecodeError as error:
        raise not_json(error.msg, error.lineno, error.colno) from error
    except (ValueError, RecursionError) as error:
        raise BadDocument([f"The JSON cannot be read: {decoder_words(error)}."]) from error
    refuse_unstorable(document, text)
    return document


def refuse_large(text: str, limits: Limits) -> None:
    """Raise BadDocument if `text` is longer, or holds more or deeper values, than the limits allow."""
    if len(text) > limits.characters:
        raise BadDocument(
            [f"The JSON has {len(text):,} characters. At most {limits.characters:,} are allowed."]
        )
    structure = STRING.sub("", text)
    if (values := count_values(structure)) > limits.values:
        raise BadDocument(
            [f"The JSON has {values:,} values. At most {limits.values:,} are allowed."]
        )
    if _depth(structure) > limits.depth:
        raise BadDocument([f"The JSON nests more than {limits.depth} levels deep."])


def count_values(structure: str) -> int:
    """Return how many values JSON without its strings can hold at most."""
    return 1 + structure.count(",") + structure.count("[") + structure.count("{")


def decoder() -> json.JSONDecoder:
    """Return a decoder that raises ValueError for a repeated key and for NaN or an infinity."""
    return json.JSONDecoder(
        object_pairs_hook=_refuse_repeated_keys,
        parse_constant=_refuse_constant,
        parse_int=_read_integer,
        parse_float=_read_float,
    )


def decoder_words(error: ValueError | RecursionError) -> str:
    return "it nests too deeply" if isinstance(error, RecursionError) else str(error)


def not_json(message: str, line: int, column: int) -> BadDocument:
    return BadDocument([f"Not JSON: {message} at line {line}, column {column}."])


def refuse_unstorable(value: Any, text: str) -> None:
    """Raise BadDocument if `value`, which was parsed from `text`, has text that Postgres cannot store."""
    try:
        text.encode()
        if ESCAPED_SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise BadDocument(["Text contains half a surrogate pair (\\ud800-\\udfff)."]) from error
    if "\\u0000" in text and "\0" in "".join(_strings(value)):
        raise BadDocument(
            ["Text contains a NUL character (\\u0000), which the database cannot store."]
        )


def schema_problems(
    document: Any, schema: dict[str, Any], *, limit: int | None = None, mask: str | None = None
) -> list[str]:
    """Return sentences on what `schema` does not allow, in document order, at most `limit`.

    `mask` replaces the values in the sentences: they may be long. Raises BadDocument.
    """
    validator = jsonschema_rs.validator_for(schema, validate_formats=True, mask=mask)
    return [
        f"{location(document, path)}: {message}."
        for path, message in schema_errors(document, validator, limit=limit)
    ]


def schema_errors(
    document: Any, validator: jsonschema_rs.Validator, *, limit: int | None = None
) -> list[tuple[list[str | int], str]]:
    """Return (path, what is wrong there), in document order, at most `limit`. Raises BadDocument."""
    try:
        errors = list(islice(validator.iter_errors(document), limit))
    except ValueError as error:
        raise BadDocument([f"The document cannot be checked: {error}."]) from error
    errors.sort(key=lambda error: _sort_key(error.instance_path))
    found = ((tuple(error.instance_path), _without_middle(error_words(error))) for error in errors)
    return [(list(path), words) for path, words in dict.fromkeys(found)]  # one sentence once


def location(document: Any, path: Iterable[str | int], start: str = "") -> str:
    """Return a path for people: `tools[3] "acme": reviews[1].score`. `start` is the path of `document`."""
    text, value = start, document
    for step in path:
        value = value[step]
        text += f"[{step}]{slug_of(value)}" if isinstance(step, int) else f".{step}"
    return text.replace(":.", ": ").lstrip(".").removesuffix(":") or "the file"


def slug_of(value: Any) -> str:
    """Return how a path names a row beside its place: ` "acme":`, or "" without a slug."""
    slug = value.get("slug") if isinstance(value, dict) else None
    return f' "{_shorten(slug)}":' if isinstance(slug, str) else ""


def _refuse_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        repeated = next(name for name, count in counts.items() if count > 1)
        raise ValueError(f'the key "{_shorten(repeated)}" occurs twice in one object')
    return row


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")


def _read_integer(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError(f"a number has {len(digits):,} digits, more than {MOST_DIGITS:,}")
    return int(digits)


def _read_float(text: str) -> float:
    number = float(text)
    if isinf(number):
        raise ValueError(f"{_shorten(text)} is larger than any number that is kept")
    return number


def _depth(structure: str) -> int:
    """Return how deep the brackets of JSON without its strings nest."""
    depth = deepest = 0
    for bracket in BRACKET.finditer(structure):
        depth += 1 if bracket[0] in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


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


def _without_middle(message: str) -> str:
    """Shorten a message about a value: it begins with the value, and ends with what is wrong with it."""
    half = MAX_MESSAGE_LENGTH // 2
    is_long = len(message) > MAX_MESSAGE_LENGTH
    return f"{message[:half]}…{message[-half:]}" if is_long else message


def _shorten(message: str) -> str:
    is_long = len(message) > MAX_MESSAGE_LENGTH
    return f"{message[:MAX_MESSAGE_LENGTH]}…" if is_long else message
