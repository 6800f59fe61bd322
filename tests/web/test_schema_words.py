import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from web.json_document import schema_problems
from web.schema_words import FORMATS, PATTERNS, REFUSED_PATTERNS

SCHEMAS = [
    json.loads(path.read_text()) for path in Path(settings.BASE_DIR, "docs").glob("*.schema.json")
]


def values_of(keyword: str, schema: Any) -> Iterator[str]:
    """Yield what `keyword` is in every part of a schema; nothing of what "not" holds."""
    if isinstance(schema, dict):
        if isinstance(schema.get(keyword), str):
            yield schema[keyword]
        for name, part in schema.items():
            if name != "not":
                yield from values_of(keyword, part)
    elif isinstance(schema, list):
        for part in schema:
            yield from values_of(keyword, part)


def test_every_pattern_and_format_of_our_schemas_has_words():
    assert {each for schema in SCHEMAS for each in values_of("pattern", schema)} == set(PATTERNS)
    assert {each for schema in SCHEMAS for each in values_of("format", schema)} == set(FORMATS)


@pytest.mark.parametrize(
    ("schema", "value", "said"),
    [
        ({"pattern": r"\S"}, " ", '" " is blank.'),
        (
            {"pattern": "^[12][0-9]{3}-", "format": "date"},
            "May 5",
            '"May 5" is not a date from the years 1000 to 2999, such as 2026-10-01.',
        ),
        (
            {"not": {"pattern": next(iter(REFUSED_PATTERNS))}},
            "a-vs-b",
            '"a-vs-b" has “vs” as a word, which separates the tools in the address of a comparison.',
        ),
        ({"enum": ["ship", "skip"]}, "maybe", '"maybe" is not one of "ship" or "skip".'),
    ],
)
def test_each_problem_is_said_once_in_words(schema, value, said):
    assert schema_problems(value, schema) == [f"the file: {said}"]
