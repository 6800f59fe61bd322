"""Reads CSV as spreadsheets write it, and says how it was read and what of it cannot be.

A problem of one row does not hide those of the others: rows that cannot be read are left out, and named.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import ngettext

MAX_BYTES = 5_000_000
MAX_ROWS = 10_000
MAX_COLUMNS = 50
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
LINE_BREAK = re.compile(r"\r\n|\r|\n")
IS_ESCAPED = re.compile(r"'+[=+\-@\t\r\n]")
# What the csv module says of the end of the file within quotes, or of a cell of more than 131,072 characters.
OPEN_QUOTE = ("unexpected end of data", "field larger than field limit")


@dataclass(frozen=True)
class CellProblem:
    """`line` is None where the file as a whole is meant, `column` is "" where a row is."""

    line: int | None
    column: str
    words: str


@dataclass
class Sheet:
    """A CSV file: [(line on which a row begins, cells)] with as many cells as the header has."""

    header: list[str]
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_sheet(content: bytes) -> Sheet:
    """Read CSV `content`. Raises ValidationError where nothing of it can be read."""
    if len(content) > MAX_BYTES:
        raise ValidationError(
            f"The file has {len(content) / 1e6:.1f} MB. The limit is {MAX_BYTES / 1e6:.0f} MB. Split the "
            "file, or ask an operator to run “manage.py import_catalog”."
        )
    text, encoding = _decoded(content)
    delimiter = _delimiter(text)
    sheet = _read_rows(text, delimiter)
    sheet.notes = list(_notes(delimiter, encoding))
    if not sheet.rows and not sheet.problems:
        raise ValidationError("The file needs a header row and at least one more row.")
    return sheet


def line_breaks(text: str) -> int:
    """Return how many line breaks `text` has, as an editor counts them."""
    return len(LINE_BREAK.findall(text))


def unescape(cell: str) -> str:
    return cell[1:] if IS_ESCAPED.match(cell) else cell


def _decoded(content: bytes) -> tuple[str, str]:
    """Return the text, and the name of its encoding, "" for UTF-8."""
    if utf_16 := _utf_16(content):
        try:
            return content.decode(utf_16).removeprefix("\ufeff"), "UTF-16"
        except UnicodeDecodeError as error:
            words = "The file begins as UTF-16, but is not. Save it as “CSV UTF-8”."
            raise ValidationError(words) from error
    try:
        return content.decode("utf-8-sig"), ""
    except UnicodeDecodeError as error:
        line = line_breaks(content[: error.start].decode("latin-1")) + 1
    try:
        return content.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError as error:
        words = f"Line {line} is neither UTF-8 nor Windows-1252. Save the file as “CSV UTF-8”."
        raise ValidationError(words) from error


def _utf_16(content: bytes) -> str:
    """Return the codec of UTF-16 `content`, with a byte order mark or known by its first two letters, or ""."""
    if content.startswith(codecs.BOM_UTF16_LE) or re.match(rb"[a-z]\0[a-z]\0", content):
        return "utf-16-le"
    if content.startswith(codecs.BOM_UTF16_BE) or re.match(rb"\0[a-z]\0[a-z]", content):
        return "utf-16-be"
    return ""


def _delimiter(text: str) -> str:
    """Return what separates the names of the columns: they contain none of the delimiters."""
    header = LINE_BREAK.split(text, maxsplit=1)[0]
    return max(DELIMITERS, key=header.count)


def _notes(delimiter: str, encoding: str) -> Iterator[str]:
    name = DELIMITERS[delimiter]
    if delimiter != "," and encoding:
        yield f"The file is separated by {name} and encoded as {encoding}, and was read that way."
    elif delimiter != ",":
        yield f"The file is separated by {name}, and was read that way."
    elif encoding:
        yield f"The file is encoded as {encoding}, and was read that way."
    if delimiter == ";":
        yield "Numbers still need a point before their decimals."
    if encoding == "Windows-1252":
        yield "Check letters with accents below. If they are wrong, save the file as “CSV UTF-8”."


class _Lines:
    """The lines of `text` for the csv module, and what was read of it."""

    def __init__(self, text: str) -> None:
        self.lines = io.StringIO(text, newline="")
        self.line = 0
        self.offset = 0

    def __iter__(self) -> Iterator[str]:
        for line in self.lines:
            self.line += 1
            self.offset += len(line)
            yield line


def _read_rows(text: str, delimiter: str) -> Sheet:
    lines = _Lines(text)
    reader = csv.reader(lines, strict=True, delimiter=delimiter)
    sheet = Sheet([])
    while True:
        line, offset = lines.line + 1, lines.offset
        try:
            cells = next(reader, None)
        except csv.Error as error:
            if str(error).startswith(OPEN_QUOTE):
                sheet.problems.append(_open_quote(sheet.header, text[offset:], line, delimiter))
                return sheet
            words = 'A quote (") ends before the cell does. Write a quote within a cell twice: "".'
            sheet.problems.append(CellProblem(line, "", words))
            cells = []
        if cells is None:
            return sheet
        if cells and not sheet.header:
            sheet.header = [cell.strip() for cell in cells]
        elif cells:
            _add_row(sheet, line, [unescape(cell) for cell in cells])
        _refuse_large(sheet)


def _refuse_large(sheet: Sheet) -> None:
    if len(sheet.header) > MAX_COLUMNS:
        raise ValidationError(
            f"The header has {len(sheet.header):,} columns. At most {MAX_COLUMNS} are allowed."
        )
    if len(sheet.rows) + len(sheet.problems) > MAX_ROWS:
        raise ValidationError(f"The file has more than {MAX_ROWS:,} rows. Split the file.")


def _add_row(sheet: Sheet, line: int, cells: list[str]) -> None:
    if len(cells) != len(sheet.header):
        words = ngettext(
            "The line has {count} cell, but the header has {width}.",
            "The line has {count} cells, but the header has {width}.",
            len(cells),
        ).format(count=len(cells), width=len(sheet.header))
        sheet.problems.append(CellProblem(line, "", words))
        return
    if with_nul := [place for place, cell in enumerate(cells) if "\0" in cell]:
        for place in with_nul:
            words = "The cell contains a NUL character. Remove it."
            problem = CellProblem(line_of_cell(line, cells, place), sheet.header[place], words)
            sheet.problems.append(problem)
        return
    sheet.rows.append((line, cells))


def line_of_cell(line: int, cells: list[str], place: int) -> int:
    """Return the line on which a cell begins, in a row that begins on `line`."""
    return line + sum(line_breaks(cell) for cell in cells[:place])


def _open_quote(header: list[str], row: str, line: int, delimiter: str) -> CellProblem:
    """Return the problem of the first cell of `row` that has a quote without an end."""
    cell = re.compile(rf'(?:"(?:[^"]++|"")*+"|[^"{delimiter}\r\n][^{delimiter}\r\n]*+|){delimiter}')
    place = offset = 0
    while match := cell.match(row, offset):
        place, offset = place + 1, match.end()
    column = header[place] if place < len(header) else ""
    words = (
        'The quote (") that opens this cell is not closed, or the cell has more than 131,072 characters. '
        "The rest of the file was not read."
    )
    return CellProblem(line + line_breaks(row[:offset]), column, words)
