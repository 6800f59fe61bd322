"""CSV that is safe to open in a spreadsheet, and is read back unchanged.

Writing puts an apostrophe before a cell that a spreadsheet would run as a formula (OWASP, "CSV Injection"),
and reading removes it. A text that itself starts with such an apostrophe gets one more.
"""

import csv
import io
import re
from typing import Any

import tablib
from django.core.exceptions import ValidationError
from django.utils.translation import ngettext
from import_export.formats.base_formats import CSV

MAX_BYTES = 1_000_000
LOOKS_LIKE_A_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
IS_ESCAPED = re.compile(r"'+[=+\-@\t\r\n]")


class SafeCSV(CSV):
    CONTENT_TYPE = "text/csv; charset=utf-8"

    def is_binary(self) -> bool:
        # Bytes, because text mode would change the line breaks inside cells.
        return True

    def get_read_mode(self) -> str:
        return "rb"

    def create_dataset(self, in_stream: Any, *args: Any, **kwargs: Any) -> tablib.Dataset:
        header, *rows = (cells for _, cells in read_rows(in_stream))
        return tablib.Dataset(*rows, headers=header)

    def export_data(self, dataset: Any, **kwargs: Any) -> str:
        return tablib.Dataset(
            *([escape(cell) for cell in row] for row in dataset), headers=dataset.headers
        ).export("csv")


def escape(cell: Any) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if LOOKS_LIKE_A_FORMULA.match(text) else text


def unescape(cell: str) -> str:
    return cell[1:] if IS_ESCAPED.match(cell) else cell


def read_rows(content: bytes) -> list[tuple[int, list[str]]]:
    """Return [(line, cells)] of CSV `content`, header first. Raises ValidationError that says what is wrong."""
    if len(content) > MAX_BYTES:
        raise ValidationError(
            f"The file has {len(content) / 1e6:.1f} MB. The limit is {MAX_BYTES / 1e6:.0f} MB. Split the "
            "file, or ask an operator to run “manage.py import_catalog”."
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValidationError(f"Line {line} is not UTF-8. Save the file as “CSV UTF-8”.") from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ValidationError(f"Line {line} contains a NUL character. Remove it.")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = [(reader.line_num, [unescape(cell) for cell in row]) for row in reader if row]
    except csv.Error as error:
        raise ValidationError(f"Line {reader.line_num} cannot be read: {error}.") from error
    if len(rows) < 2:
        raise ValidationError("The file needs a header row and at least one more row.")
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
    return rows
