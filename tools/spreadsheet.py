"""CSV that is safe to open in a spreadsheet, and is read back unchanged.

Writing puts an apostrophe before a cell that a spreadsheet would run as a formula (OWASP, "CSV Injection"),
and reading removes it. A text that itself starts with such an apostrophe gets one more.
"""

import re
from typing import Any

import tablib
from import_export.formats.base_formats import CSV

from tools.csv_reading import CellProblem, line_of_cell, read_sheet

LOOKS_LIKE_A_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")


class SheetDataset(tablib.Dataset):
    """The rows of a CSV file, the lines on which they begin, what could not be read, and notes on how it was read."""

    lines: list[int]
    problems: list[CellProblem]
    notes: list[str]

    def __bool__(self) -> bool:
        """A file of which no row could be read has problems to show."""
        return True

    def line_of(self, row: int, column: str) -> int:
        """Return the line of a cell, of its row where `column` is none of the file's. The first row is 1."""
        line = self.lines[row - 1]
        if column not in self.headers:
            return line
        return line_of_cell(line, list(self[row - 1]), self.headers.index(column))


class SafeCSV(CSV):
    CONTENT_TYPE = "text/csv; charset=utf-8"

    def is_binary(self) -> bool:
        # Bytes, because text mode would change the line breaks inside cells.
        return True

    def get_read_mode(self) -> str:
        return "rb"

    def create_dataset(self, in_stream: Any, *args: Any, **kwargs: Any) -> "SheetDataset":
        sheet = read_sheet(in_stream)
        dataset = SheetDataset(*(cells for _, cells in sheet.rows), headers=sheet.header)
        dataset.lines = [line for line, _ in sheet.rows]
        dataset.problems, dataset.notes = sheet.problems, sheet.notes
        return dataset

    def export_data(self, dataset: Any, **kwargs: Any) -> str:
        return tablib.Dataset(
            *([escape(cell) for cell in row] for row in dataset), headers=dataset.headers
        ).export("csv")


def escape(cell: Any) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if LOOKS_LIKE_A_FORMULA.match(text) else text
