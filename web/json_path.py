"""Where a value is in a JSON text."""

import json
import re

STEP = re.compile(r"(\w+)|\[(\d+)\]")
SPACE = re.compile(r"[ \t\n\r]*")
NAMED = re.compile(r' "[^"]*":')  # what a path says beside a place: `reviews[1] "acme":`


def line_of(text: str, path: str) -> int:
    """Return the line, from 1, of the value at a `path` such as `reviews[1].score`, or of the last part that is there."""
    place = _after_space(text, 0)
    for name, number in STEP.findall(NAMED.sub("", path)):
        found = _member(text, place, name) if name else _item(text, place, int(number))
        if found is None:
            break
        place = found
    return text.count("\n", 0, place) + 1


def _member(text: str, place: int, name: str) -> int | None:
    if text[place] != "{":
        return None
    while text[place] != "}":
        place = _after_space(text, place + 1)
        if text[place] == "}":
            return None
        key, place = json.JSONDecoder().raw_decode(text, place)
        place = _after_space(text, _after_space(text, place) + 1)
        if key == name:
            return place
        _, place = json.JSONDecoder().raw_decode(text, place)
        place = _after_space(text, place)
    return None


def _item(text: str, place: int, number: int) -> int | None:
    if text[place] != "[":
        return None
    while text[place] != "]":
        place = _after_space(text, place + 1)
        if text[place] == "]":
            return None
        if not number:
            return place
        number -= 1
        _, place = json.JSONDecoder().raw_decode(text, place)
        place = _after_space(text, place)
    return None


def _after_space(text: str, place: int) -> int:
    return SPACE.match(text, place).end()  # type: ignore[union-attr]  # matches ""
