"""Reads a catalogue file, of any length and from any source, and checks it against the schema.

The file is read twice: first all of it is checked, and what the tools may refer to is kept; then the tools
follow one by one. Whatever the schema does not allow is left out there, so that every other check can go on.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import jsonschema_rs

from reviews.catalog.problems import MOST_PROBLEMS, Problems
from web.json_document import Limits, location, schema_errors, slug_of
from web.json_stream import JsonStream

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "catalog.schema.json"
# Of one tool with all its facts, reviews and ledger. A logo alone may have 1.4 million characters.
LIMITS = Limits(characters=16_000_000, values=500_000, depth=50)
# The lists of whole rows that the import keeps in memory: tools refer to them, or they are few.
SHARED = ("categories", "fact_kinds", "reviewers", "search_synonyms")

type Row = dict[str, Any]
type Steps = list[str | int]


@dataclass(frozen=True)
class ToolRow:
    """A tool of a file, and `where` it is in words, without a colon."""

    where: str
    tool: Row
    is_valid: bool  # by the schema


@dataclass
class Contents:
    """What a file holds, apart from the tools themselves."""

    shared: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in SHARED})
    # How often each slug of a tool occurs.
    slugs: Counter[str] = field(default_factory=Counter)
    # {slug of a tool: its old slugs}, without those that have none.
    old_slugs: dict[str, list[str]] = field(default_factory=dict)
    # {place of a tool: paths of what the schema does not allow}
    bad_parts: dict[int, list[Steps]] = field(default_factory=dict)
    # {slug of a tool: slug of its successor}, "" where the file says that it has none.
    successors: dict[str, str] = field(default_factory=dict)
    # Whether the schema allows all rows that are kept in memory.
    is_shared_valid: bool = True


def read_contents(file: BinaryIO, problems: Problems) -> Contents:
    """Check the whole `file` against the schema, and return what it holds.

    Raises BadDocument where the file cannot be read on.
    """
    contents = Contents()
    others: Row = {}
    stream = JsonStream(file, LIMITS)
    for name, place, value in stream.members():
        if place is None:
            others[name] = value
        elif name in (*SHARED, "tools"):
            start = place_words(name, place, stream.value_line)
            _check_row(contents, problems, (name, place, start), value)
    problems.add(
        f"{location(others, path)}: {message}."
        for path, message in schema_errors(others, _validator(None), limit=MOST_PROBLEMS)
    )
    return contents


def read_tools(file: BinaryIO, contents: Contents) -> Iterator[ToolRow]:
    """Yield the tools of a `file` that was checked. What the schema does not allow is None or left out."""
    file.seek(0)
    stream = JsonStream(file, LIMITS)
    for name, place, tool in stream.members():
        if name == "tools" and place is not None and isinstance(tool, dict):
            bad_parts = contents.bad_parts.get(place, [])
            _leave_out(tool, bad_parts)
            start = place_words(name, place, stream.value_line) + slug_of(tool)
            yield ToolRow(start.removesuffix(":"), tool, is_valid=not bad_parts)


def place_words(name: str, place: int, line: int) -> str:
    return f"Line {line}, {name}[{place}]"


def _check_row(
    contents: Contents, problems: Problems, where: tuple[str, int, str], row: Any
) -> None:
    name, place, start = where
    validator = _validator(name)
    errors = [] if validator.is_valid(row) else schema_errors(row, validator, limit=MOST_PROBLEMS)
    start += slug_of(row)
    problems.add(f"{location(row, path, start)}: {message}." for path, message in errors)
    paths = [path for path, _ in errors]
    if paths and name != "tools":
        contents.is_shared_valid = False
    if not isinstance(row, dict):
        return
    if name == "tools" and paths:
        contents.bad_parts[place] = paths
    _leave_out(row, paths)
    if name == "search_synonyms":
        if not paths:
            contents.shared[name].append(row)
        return
    if not row.get("slug"):
        return
    if name == "tools":
        contents.slugs[row["slug"]] += 1
        if row.get("old_slugs"):
            contents.old_slugs[row["slug"]] = row["old_slugs"]
        if "successor" in row:
            contents.successors[row["slug"]] = row["successor"] or ""
    else:
        contents.shared[name].append(row)


def _leave_out(row: Row, paths: list[Steps]) -> None:
    """Set what is at `paths` to None, in a list of facts or reviews only the key; a ledger is emptied."""
    for path in paths:
        match path:
            case ["ledger", *_]:
                row["ledger"] = []
            case ["facts" | "reviews" as name, int(place), str(key), *_]:
                row[name][place][key] = None
            case ["facts" | "reviews" as name, int(place)] if not isinstance(
                row[name][place], dict
            ):
                row[name][place] = {}
            case ["facts" | "reviews", int()] | []:
                pass  # a key is missing, or one too many
            case [str(key), *_]:
                row[key] = None


@cache
def _schema() -> Row:
    return json.loads(SCHEMA.read_text())


@cache
def _validator(name: str | None) -> jsonschema_rs.Validator:
    """Return the validator of one item of the list `name`, or of the document without the items."""
    schema = _schema()
    if name:
        items = schema["properties"][name]["items"]
        schema = {"$schema": schema["$schema"], "$defs": schema["$defs"], **items}
    return jsonschema_rs.validator_for(schema, validate_formats=True)
