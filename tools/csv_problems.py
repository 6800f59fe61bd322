"""What is wrong with the rows of an imported CSV file, by line and column."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import ngettext
from import_export.results import Result

MOST_PROBLEMS = 200


@dataclass(frozen=True)
class CellProblem:
    """`line` is None where the file as a whole is meant, `column` is "" where a row is."""

    line: int | None
    column: str
    words: str


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

    problems: FileProblems
    notes: list[str]


def find_problems(result: Result, lines: Sequence[int]) -> FileProblems:
    """Return what an import refused, in the order of the file. `lines` is where each row begins."""
    problems = sorted(_row_problems(result, lines), key=lambda problem: problem.line or 0)
    problems = [*_file_problems(result), *problems]
    return FileProblems(problems[:MOST_PROBLEMS], len(problems[MOST_PROBLEMS:]))


def _file_problems(result: Result) -> Iterator[CellProblem]:
    for wrong in result.base_errors:
        messages = getattr(wrong.error, "messages", [str(wrong.error)])
        yield from (CellProblem(None, "", words) for words in messages)


def _row_problems(result: Result, lines: Sequence[int]) -> Iterator[CellProblem]:
    for row in result.invalid_rows:
        for column, words in _by_column(row.error):
            yield CellProblem(lines[row.number - 1], column, words)
    for number, errors in result.row_errors():
        for wrong in errors:
            yield CellProblem(lines[number - 1], "", str(wrong.error))


def _by_column(error: ValidationError) -> Iterator[tuple[str, str]]:
    if not hasattr(error, "error_dict"):
        yield from (("", words) for words in error.messages)
        return
    for name, messages in error.message_dict.items():
        column = "" if name == NON_FIELD_ERRORS else name
        yield from ((column, words) for words in messages)
