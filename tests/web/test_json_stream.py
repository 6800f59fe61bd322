import io
import json

import pytest

from web import json_stream
from web.json_document import BadDocument, Limits
from web.json_stream import JsonStream

LIMITS = Limits(characters=1_000_000, values=1000, depth=10)
DOCUMENT = {
    "numbers": [1, -23456789012, -1.5e33, 1e-7, 0],
    "rows": [{"text": 'é\u2028\\" q', "deep": [{"er": [1, {}]}]}, "long " * 30, True, None, False],
    "object": {"a": 1},
    "text": "x",
    "nothing": [],
}


def members(content, limits=LIMITS):
    return list(JsonStream(io.BytesIO(content), limits).members())


def problem(content, limits=LIMITS):
    with pytest.raises(BadDocument) as bad:
        members(content, limits)
    return bad.value.problems[0]


def together(found):
    """Return the document that the members make."""
    document = {}
    for key, place, value in found:
        if place is None:
            document[key] = value
        else:
            assert place == len(document[key])
            document[key].append(value)
    return document


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 50, 1 << 18])
@pytest.mark.parametrize("options", [{}, {"indent": 2}, {"ensure_ascii": False}])
def test_a_file_read_in_pieces_of_any_size_is_the_same_document(monkeypatch, chunk, options):
    monkeypatch.setattr(json_stream, "CHUNK", chunk)

    assert together(members(json.dumps(DOCUMENT, **options).encode())) == DOCUMENT


BROKEN = {
    b"": "Not JSON: Expecting value at line 1, column 1.",
    b"{": "Not JSON: Expecting property name enclosed in double quotes at line 1, column 2.",
    b'{"a":[1,]}': "Not JSON: Expecting value at line 1, column 9.",
    b'{"a":\n[1,\n 2 3]}': "Not JSON: Expecting ',' delimiter at line 3, column 4.",
    b'{"a":1} x': "Not JSON: Extra data at line 1, column 9.",
    b'{"a" 1}': "Not JSON: Expecting ':' delimiter at line 1, column 6.",
    b'{"a":tru}': "Not JSON: Expecting value at line 1, column 6.",
    b'{"a":"x': "Not JSON: Unterminated string starting at at line 1, column 6.",
    b'{"a":1,"a":2}': 'The JSON cannot be read: the key "a" occurs twice in one object.',
    b'{"a":[\n{"b":1,"b":2}]}': (
        'The JSON cannot be read: the key "b" occurs twice in one object, in the value that begins on line 2.'
    ),
    b'{"a":[NaN]}': (
        "The JSON cannot be read: NaN is not a JSON number, in the value that begins on line 1."
    ),
    b"[1]": "the file: an object is expected, in { }.",
    b'{"a":"\xff"}': "The file is not UTF-8: byte 6 is wrong.",
    b'{"a":"\xe2\x82': "The file is not UTF-8: byte 6 is wrong.",
}


@pytest.mark.parametrize("chunk", [1, 5, 1 << 18])
@pytest.mark.parametrize("content", BROKEN)
def test_a_broken_file_is_named_with_its_place_wherever_the_pieces_end(monkeypatch, chunk, content):
    monkeypatch.setattr(json_stream, "CHUNK", chunk)

    assert problem(content).startswith(BROKEN[content].removesuffix("byte 6 is wrong."))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (b"{}," * 2000 + b"{}", "The value that begins on line 2 has more than 1,000 values."),
        (b'"' + b"x" * 2_000_000 + b'"', "has more than 1,000,000 characters."),
    ],
)
def test_one_value_beyond_the_limits_is_refused(monkeypatch, value, words):
    monkeypatch.setattr(json_stream, "CHUNK", 1000)

    assert words in problem(b'{"a":\n[[' + value + b"]]}")


def test_only_the_value_at_hand_is_held_in_memory(monkeypatch):
    monkeypatch.setattr(json_stream, "CHUNK", 1000)
    rows = b",".join(b'{"text": "%d"}' % n for n in range(10_000))
    stream = JsonStream(io.BytesIO(b'{"rows": [' + rows + b"]}"), LIMITS)

    longest = max(len(stream.text) for _ in stream.members())

    assert longest < 2000


def test_a_long_value_is_decoded_in_a_number_of_trials_that_grows_with_its_logarithm(monkeypatch):
    monkeypatch.setattr(json_stream, "CHUNK", 100)
    stream = JsonStream(io.BytesIO(b'{"a": "' + b"x" * 100_000 + b'"}'), LIMITS)
    decoded = []
    decode = stream.decoder.raw_decode
    stream.decoder.raw_decode = lambda text, place: decoded.append(place) or decode(text, place)

    list(stream.members())

    assert len(decoded) <= 15
