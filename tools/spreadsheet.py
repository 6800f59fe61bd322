"""CSV that is safe to open in a spreadsheet, and is read back unchanged.

Writing puts an apostrophe before a cell that a spreadsheet would run as a formula (OWASP, "CSV Injection"),
and reading removes it. A text that itself starts with such an apostrophe gets one more.
"""

import csv
import io
import re
from dataclasses import dataclass
from typing import Any

import tablib
from django.core.exceptions import ValidationError
from django.utils.translation import ngettext
from import_export.formats.base_formats import CSV

MAX_BYTES = 1_000_000
LOOKS_LIKE_A_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
IS_ESCAPED = re.compile(r"'+[=+\-@\t\r\n]")


class SheetDataset(tablib.Dataset):
    """The rows of a CSV file, the lines on which they begin, and notes on how it was read."""

    lines: list[int]
    notes: list[str]


class SafeCSV(CSV):
    CONTENT_TYPE = "text/csv; charset=utf-8"

    def is_binary(self) -> bool:
        # Bytes, because text mode would change the line breaks inside cells.
        return True

    def get_read_mode(self) -> str:
        return "rb"

    def create_dataset(self, in_stream: Any, *args: Any, **kwargs: Any) -> "SheetDataset":
        sheet = read_sheet(in_stream)
        (_, header), *rows = sheet.rows
        dataset = SheetDataset(*(cells for _, cells in rows), headers=header)
        dataset.lines, dataset.notes = [line for line, _ in rows], sheet.notes
        return dataset

    def export_data(self, dataset: Any, **kwargs: Any) -> str:
        return tablib.Dataset(
            *([escape(cell) for cell in row] for row in dataset), headers=dataset.headers
        ).export("csv")


def escape(cell: Any) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if LOOKS_LIKE_A_FORMULA.match(text) else text


def unescape(cell: str) -> str:
    return cell[1:] if IS_ESCAPED.match(cell) else cell


@dataclass(frozen=True)
class Sheet:
    """A CSV file: [(line on which it begins, cells)], header first, and notes on how it was read."""

    rows: list[tuple[int, list[str]]]
    notes: list[str]


def read_sheet(content: bytes) -> Sheet:
    """Read CSV `content`. Raises ValidationError that says what is wrong."""
    if len(content) > MAX_BYTES:
        raise ValidationError(
            f"The file has {len(content) / 1e6:.1f} MB. The limit is {MAX_BYTES / 1e6:.0f} MB. Split the "
            "file, or ask an operator to run “manage.py import_catalog”."
        )
    notes: list[str] = []
    text = _decoded(content, notes)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ValidationError(f"Line {line} contains a NUL character. Remove it.")
    rows = _read_rows(text, _delimiter(text, notes))
    if len(rows) < 2:
        raise ValidationError("The file needs a header row and at least one more row.")
    _refuse_other_widths(rows)
    return Sheet(rows, notes)


def _decoded(content: bytes, notes: list[str]) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise ValidationError(f"Line {line} is not UTF-8. Save the file as “CSV UTF-8”.") from error
    notes.append(
        f"Line {line} is not UTF-8, so the file was read as Windows-1252. Check letters with accents below; "
        "if they are wrong, save the file as “CSV UTF-8”."
    )
    return text


def _delimiter(text: str, notes: list[str]) -> str:
    """Return what separates the columns: a comma, or the semicolon of spreadsheets in many countries."""
    header = text.partition("\n")[0]
    if ";" not in header or "," in header:
        return ","
    notes.append(
        "The columns are separated by semicolons. Numbers still need a point before their decimals."
    )
    return ";"


def _read_rows(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    rows, line = [], 1
    try:
        for cells in reader:
            if cells:
                rows.append((line, [unescape(cell) for cell in cells]))
            line = reader.line_num + 1
    except csv.Error as error:
        raise ValidationError(f"Line {reader.line_num} cannot be read: {error}.") from error
    return rows


def _refuse_other_widths(rows: list[tuple[int, list[str]]]) -> None:
    width = len(rows[0][1])
    for line, cells in rows:
        if len(cells) != width:
            raise ValidationError(
                ngettext(
                    "Line {line} has {count} cell, but the header has {width}.",
                    "Line {line} has {count} cells, but the header has {width}.",
                    len(cells),
                ).format(line=line, count=len(cells), width=width)
            )
