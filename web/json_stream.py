"""A JSON file of any length, read value by value in bounded memory.

Python's own decoder reads each value: it refuses repeated keys and names line and column, which the streaming
parsers for Python do not do.
"""

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from web.json_document import (
    STRING,
    BadDocument,
    Limits,
    count_values,
    decoder,
    decoder_words,
    not_json,
    refuse_unstorable,
)

CHUNK = 1 << 18
SPACE = re.compile(r"[ \t\n\r]*")
# A decoder that meets the end of its text complains this close to it, or about a string without an end.
TAIL = 16
UNFINISHED = "Unterminated string"


class JsonStream:
    """The members of the object in `file`. `limits` are those of each value; the decoder limits the depth."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self.file = file
        self.limits = limits
        self.decoder = decoder()
        self.decode_bytes = codecs.getincrementaldecoder("utf-8-sig")()
        self.text = ""
        self.place = 0  # in `text`
        self.is_at_end = False
        self.bytes_read = 0
        # Of the beginning of `text` in the file, from 1.
        self.line = self.column = 1
        # Of the value that was read last: its line, and the place up to which lines were counted.
        self.value_line = 1
        self.counted = 0

    def members(self) -> Iterator[tuple[str, int | None, Any]]:
        """Yield (key, None, value); for an array (key, None, []) and then (key, place, item). Raises BadDocument."""
        if self.next_character() != "{":
            self.value()
            raise BadDocument(["the file: an object is expected, in { }."])
        seen: set[str] = set()
        for _ in self.separated("}"):
            key = self.key()
            if key in seen:
                words = f'The JSON cannot be read: the key "{key}" occurs twice in one object.'
                raise BadDocument([words])
            seen.add(key)
            if self.next_character() != "[":
                yield key, None, self.value()
                continue
            yield key, None, []
            for place in self.separated("]"):
                yield key, place, self.value()
        if self.next_character():
            raise self.error("Extra data")

    def separated(self, end: str) -> Iterator[int]:
        """Step over the bracket, the commas and the `end`; yield the place of each item before it."""
        self.place += 1
        place = 0
        while (character := self.next_character()) != end:
            if place:
                if character != ",":
                    raise self.error("Expecting ',' delimiter")
                self.place += 1
            yield place
            place += 1
        self.place += 1

    def key(self) -> str:
        if self.next_character() != '"':
            raise self.error("Expecting property name enclosed in double quotes")
        key = self.value()
        if self.next_character() != ":":
            raise self.error("Expecting ':' delimiter")
        self.place += 1
        return key

    def next_character(self) -> str:
        """Return the next character that is no space, "" at the end of the file."""
        while True:
            self.place = SPACE.match(self.text, self.place).end()  # type: ignore[union-attr]  # matches ""
            if self.place < len(self.text):
                return self.text[self.place]
            if self.is_at_end:
                return ""
            self.read(CHUNK)

    def value(self) -> Any:
        """Decode one value, reading twice as much as before for as long as it has no end."""
        self.next_character()
        self.value_line += self.text.count("\n", self.counted, self.place)
        self.counted = self.place
        while True:
            try:
                value, end = self.decoder.raw_decode(self.text, self.place)
            except json.JSONDecodeError as error:
                if not self.is_unfinished(error):
                    raise self.error(error.msg, error.pos) from error
            except (ValueError, RecursionError) as error:
                line, _ = self.position(self.place)
                raise BadDocument(
                    [
                        f"The JSON cannot be read: {decoder_words(error)}, in the value that begins on line {line}."
                    ]
                ) from error
            else:
                if not self.could_go_on(value, end):
                    refuse_unstorable(value, self.text[self.place : end])
                    self.place = end
                    return value
            self.refuse_large()
            self.read(max(CHUNK, len(self.text)))

    def could_go_on(self, value: Any, end: int) -> bool:
        """Whether `value` is a number whose next digits may still have to be read."""
        return isinstance(value, int | float) and end > len(self.text) - TAIL and not self.is_at_end

    def is_unfinished(self, error: json.JSONDecodeError) -> bool:
        """Whether the value may only be incomplete because more of the file has to be read."""
        is_near_end = error.pos > len(self.text) - TAIL or error.msg.startswith(UNFINISHED)
        return is_near_end and not self.is_at_end

    def refuse_large(self) -> None:
        """Raise BadDocument if what was read of one unfinished value is more than the limits allow."""
        begun = self.text[self.place :]
        if len(begun) > self.limits.characters:
            most = f"{self.limits.characters:,} characters"
        elif len(begun) > CHUNK and count_values(STRING.sub("", begun)) > self.limits.values:
            most = f"{self.limits.values:,} values"
        else:
            return
        line, _ = self.position(self.place)
        raise BadDocument([f"The value that begins on line {line} has more than {most}."])

    def read(self, size: int) -> None:
        """Read `size` more bytes, and forget the text before `place`."""
        self.line, self.column = self.position(self.place)
        self.value_line += self.text.count("\n", self.counted, self.place)
        self.counted = 0
        pending = len(self.decode_bytes.getstate()[0])
        content = self.file.read(size)
        self.is_at_end = not content
        try:
            more = self.decode_bytes.decode(content, final=self.is_at_end)
        except UnicodeDecodeError as error:
            byte = self.bytes_read - pending + error.start
            raise BadDocument([f"The file is not UTF-8: byte {byte} is wrong."]) from error
        self.bytes_read += len(content)
        self.text, self.place = self.text[self.place :] + more, 0

    def position(self, place: int) -> tuple[int, int]:
        """Return line and column of a place in `text`."""
        lines = self.text.count("\n", 0, place)
        if lines:
            return self.line + lines, place - self.text.rindex("\n", 0, place)
        return self.line, self.column + place

    def error(self, message: str, place: int | None = None) -> BadDocument:
        return not_json(message, *self.position(self.place if place is None else place))
