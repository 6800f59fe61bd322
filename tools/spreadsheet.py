"""CSV that is safe to open in a spreadsheet, and comes back equal.

A cell that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, "CSV Injection");
reading takes it off again. A text that itself begins so gets one more.
"""

import csv
import io
import re

import tablib
from django.core.exceptions import ValidationError
from import_export.formats.base_formats import CSV

MAX_BYTES = 1_000_000
LOOKS_LIKE_A_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
IS_ESCAPED = re.compile(r"'+[=+\-@\t\r\n]")


class SafeCSV(CSV):
    CONTENT_TYPE = "text/csv; charset=utf-8"

    def is_binary(self):
        # Read as bytes, because text mode would turn every line break inside a cell into another.
        return True

    def get_read_mode(self):
        return "rb"

    def create_dataset(self, in_stream, **kwargs):
        header, *rows = (cells for _, cells in read_rows(in_stream))
        return tablib.Dataset(*rows, headers=header)

    def export_data(self, dataset, **kwargs):
        return tablib.Dataset(
            *([escape(cell) for cell in row] for row in dataset), headers=dataset.headers
        ).export("csv")


def escape(cell):
    text = "" if cell is None else str(cell)
    return f"'{text}" if LOOKS_LIKE_A_FORMULA.match(text) else text


def unescape(cell):
    return cell[1:] if IS_ESCAPED.match(cell) else cell


def read_rows(content):
    """Return [(line, cells)] of CSV `content` (bytes), header first; raise ValidationError in words."""
    if len(content) > MAX_BYTES:
        raise ValidationError(
            f"The file has {len(content) / 1e6:.1f} MB; at most {MAX_BYTES / 1e6:.0f} MB go through "
            "this page. Divide it, or have an operator run “manage.py import_catalog”."
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValidationError(f"Line {line} is not UTF-8: save the file as “CSV UTF-8”.") from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ValidationError(f"Line {line} holds a NUL character.")
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        rows = [(reader.line_num, [unescape(cell) for cell in row]) for row in reader if row]
    except csv.Error as error:
        raise ValidationError(f"Line {reader.line_num} cannot be read: {error}.") from error
    if len(rows) < 2:
        raise ValidationError("The file needs a line of column names and at least one row.")
    width = len(rows[0][1])
    for line, cells in rows:
        if len(cells) != width:
            raise ValidationError(
                f"Line {line} has {len(cells)} cells and the column names are {width}."
            )
    return rows
