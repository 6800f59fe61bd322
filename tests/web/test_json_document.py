import json
import tracemalloc

import pytest

from tests.calls import calls_of
from web.json_document import STRING, BadDocument, Limits, parse

LIMITS = Limits(characters=5_000_000, values=1000, depth=10)


def problem(text, limits=LIMITS):
    with pytest.raises(BadDocument) as bad:
        parse(text, limits)
    (sentence,) = bad.value.problems
    return sentence


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[" + "{}," * 1000 + "{}]", "The JSON has 2,003 values. At most 1,000 are allowed."),
        ("[" + "0," * 1000 + "0]", "The JSON has 1,002 values."),
        ("{" * 2000, "The JSON has 2,001 values."),
        ("[" * 11 + "]" * 11, "The JSON nests more than 10 levels deep."),
        (" " * 5_000_001, "The JSON has 5,000,001 characters. At most 5,000,000 are allowed."),
        (json.dumps({f"key {n}": n for n in range(1000)}), "The JSON has 1,001 values."),
    ],
)
def test_a_document_beyond_the_limits_is_refused(text, words):
    assert problem(text).startswith(words)


def test_what_is_refused_for_its_values_is_not_parsed_into_memory():
    text = "[" + "{}," * 1_000_000 + "{}]"
    tracemalloc.start()

    problem(text)

    assert tracemalloc.get_traced_memory()[1] < 5 * len(text)
    tracemalloc.stop()


def test_brackets_and_commas_in_text_are_no_values():
    text = json.dumps({"note": '[{"a", \\' * 1000, "other": "]]]" * 1000})

    assert parse(text, Limits(characters=100_000, values=3, depth=1)) == json.loads(text)


@pytest.mark.parametrize("text", ['"a', '"a\\', '"\\"' * 3, '"""', "'"])
def test_an_unfinished_string_is_no_way_around_the_count(text):
    assert problem(text).startswith("Not JSON")


@pytest.mark.parametrize("unit", ['"', "\\", '\\"', '"\\'])
def test_every_quotation_mark_begins_a_string_that_is_found_at_once(unit):
    """Where none is found, the search reads to the end of the text and begins again at the next mark."""
    assert '"' not in STRING.sub("", '"' + unit * 1001)


def test_a_repeated_key_among_many_costs_no_more_than_their_number():
    def document(size):
        keys = [*range(size), size - 1]
        return "{" + ",".join(f'"{key}": 0' for key in keys) + "}"

    limits = Limits(characters=1_000_000, values=100_000, depth=1)
    costs = [calls_of(problem, document(size), limits) for size in (1000, 2000)]

    assert problem(document(1000), limits).endswith('the key "999" occurs twice in one object.')
    assert costs[1] < 2.2 * costs[0]
