"""What is wrong with an imported CSV file, by line and column."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import ngettext
from import_export.results import Result

from tools.csv_reading import CellProblem
from tools.spreadsheet import SheetDataset

MOST_PROBLEMS = 100


@dataclass(frozen=True)
class FileProblems:
    shown: list[CellProblem]
    hidden: int

    @property
    def hidden_words(self) -> str:
        words = ngettext("and %(count)d more.", "and %(count)d more.", self.hidden)
        return words % {"count": self.hidden}


class CsvResult(Result):
    """The result of an import, with what the page says of it."""

    problems = FileProblems([], 0)
    notes: list[str]
    # How many rows change, but are not shown with their differences.
    hidden_differences = 0

    @property
    def hidden_differences_words(self) -> str:
        words = ngettext(
            "and %(count)d more row.", "and %(count)d more rows.", self.hidden_differences
        )
        return words % {"count": self.hidden_differences}

    def has_validation_errors(self) -> bool:
        return super().has_validation_errors() or bool(self.problems.shown)


def find_problems(result: Result, dataset: SheetDataset) -> FileProblems:
    """Return what an import refused: what is wrong with the file as a whole, then what with its lines, in order."""
    problems = [*dataset.problems, *_row_problems(result, dataset)]
    problems.sort(key=lambda problem: problem.line or 0)
    problems = [*_file_problems(result), *problems]
    return FileProblems(problems[:MOST_PROBLEMS], len(problems[MOST_PROBLEMS:]))


def _file_problems(result: Result) -> Iterator[CellProblem]:
    for wrong in result.base_errors:
        messages = getattr(wrong.error, "messages", [str(wrong.error)])
        yield from (CellProblem(None, "", words) for words in messages)


def _row_problems(result: Result, dataset: SheetDataset) -> Iterator[CellProblem]:
    for row in result.invalid_rows:
        for column, words in _by_column(row.error):
            yield CellProblem(dataset.line_of(row.number, column), column, words)
    for number, errors in result.row_errors():
        for wrong in errors:
            yield CellProblem(dataset.line_of(number, ""), "", str(wrong.error))


def _by_column(error: ValidationError) -> Iterator[tuple[str, str]]:
    if not hasattr(error, "error_dict"):
        yield from (("", words) for words in error.messages)
        return
    for name, messages in error.message_dict.items():
        column = "" if name == NON_FIELD_ERRORS else name
        yield from ((column, words) for words in messages)
