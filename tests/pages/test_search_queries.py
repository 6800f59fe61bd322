"""What readers type into the search of the sample catalogue finds what it should (search_queries.toml)."""

import tomllib
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from pages.directory.directory import build_directory
from pages.directory.search_destination import search_destination
from reviews.catalog.importing import import_file

pytestmark = pytest.mark.django_db

FILE = Path(__file__).with_name("search_queries.toml")
SAMPLE = Path(__file__).resolve().parents[2] / "sample" / "catalog.json"
LEAST_RIGHT = 0.9


def what_is_wrong(query):
    """Return a line about a query that is not answered as it should be, else ""."""
    url = search_destination(query["text"])
    directory = build_directory(QueryDict(urlencode({"q": query["text"]})))
    found = [tool.slug for tool in directory.tools]
    match query:
        case {"opens": expected}:
            is_right = url == expected
        case {"near": expected}:
            is_right = [slug for _, slug in directory.near][:1] == [expected]
        case {"one_of": expected}:
            is_right = url is None and bool(found) and found[0] in expected
        case {"first": expected}:
            is_right = url is None and sorted(found[: len(expected)]) == sorted(expected)
    return "" if is_right else f"{query['text']}: {url or found[:5]} instead of {expected}"


def test_most_searches_are_right_and_each_that_must_be(capsys):
    import_file(str(SAMPLE))
    queries = tomllib.loads(FILE.read_text())["query"]

    wrong = {query["text"]: line for query in queries if (line := what_is_wrong(query))}

    right = len(queries) - len(wrong)
    with capsys.disabled():
        print(f"\nSearch: {right} of {len(queries)} right ({right / len(queries):.0%}).")  # noqa: T201
        print(*wrong.values(), sep="\n")  # noqa: T201 - the score is read by people
    assert len(queries) >= 60
    assert [
        query["text"] for query in queries if query.get("named") and query["text"] in wrong
    ] == []
    assert right / len(queries) >= LEAST_RIGHT
