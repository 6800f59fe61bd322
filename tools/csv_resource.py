"""Rows of the catalogue as CSV: what tools and facts have in common.

What the rows need is read before the first one and written in batches, so that the number of queries does not
grow with each row.
"""

import copy
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Model
from import_export import resources
from import_export.fields import Field
from import_export.results import Result, RowResult
from psycopg.errors import LockNotAvailable
from tablib import Dataset

from tools.actions import lock_tools, record_changes, states_of
from tools.copy_rows import copy_rows
from tools.csv_problems import CsvResult, find_problems
from tools.csv_values import refuse_unknown_choice
from tools.import_progress import Progress, lock_imports, say_progress
from tools.ledger_state import State
from tools.marked_diff import row_difference
from tools.models import Tool
from tools.spreadsheet import SheetDataset
from tools.update_rows import update_rows

type Row = dict[str, Any]

BATCH = 1000
# So many rows are shown with their differences before an import.
MOST_DIFFERENCES = 500
# So many rows are read between two reports of the progress.
PROGRESS_EVERY = 100
IS_RUNNING = "Another import is running. Wait until it has finished, then upload the file again."
# What Django says of an empty cell.
IS_EMPTY = {"blank", "null", "required"}


class CatalogResource(resources.ModelResource):
    """Refuses unknown columns (a misspelt one would be ignored silently) and a row that is there twice."""

    # The names of the columns that hold the slug of another row.
    REFERENCES: tuple[str, ...] = ()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # {column: {slug: row}}
        self.referenced: dict[str, dict[str, Any]] = {}
        self.stored: dict[Any, Any] = {}
        # The states of the tools before the import, and the reasons for their changes, by id.
        self.before: dict[int, State] = {}
        self.reasons: dict[int, str] = {}
        self.columns: list[str] = []
        self.lines: list[int] = []
        # {what identifies a row: the line on which it is}
        self.lines_seen: dict[tuple[str, ...], int] = {}
        # The columns that the file lacks and a new row needs.
        self.absent: set[str] = set()
        self.original: Any = None
        self.progress = Progress("", 0, 0)
        self.differences = 0
        self.is_prepared = False

    @classmethod
    def get_result_class(cls) -> type[Result]:
        return CsvResult

    def before_import(self, dataset: SheetDataset, **kwargs: Any) -> None:
        headers = self.columns = dataset.headers
        self.lines = dataset.lines
        problems = list(self.header_problems(headers))
        if not lock_imports():
            problems = [IS_RUNNING]
        elif set(self.get_import_id_fields()) <= set(headers):
            problems += self.prepare(dataset)
        if problems and not self.is_prepared:
            del dataset[:]  # No row can be checked.
        if problems:
            raise ValidationError(problems)

    def prepare(self, dataset: SheetDataset) -> list[str]:
        """Load what the rows need; return why that cannot be done."""
        self.say_progress(0, len(dataset))
        try:
            with transaction.atomic():
                self.load(dataset)
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            return ["Somebody is saving one of these rows. Upload the file again in a minute."]
        self.is_prepared = True
        return []

    def header_problems(self, headers: list[str]) -> Iterable[str]:
        """Yield sentences on the columns of a file."""
        known = [field.column_name or "" for field in self.get_import_fields()]
        for place, header in enumerate(headers, 1):
            if not header:
                yield f"Column {place} has no name. Allowed columns: {', '.join(known)}."
        if unknown := [header for header in headers if header and header not in known]:
            allowed = ", ".join(known)
            yield f"Unknown columns: {', '.join(unknown)}. Allowed columns: {allowed}."
        counts = Counter(header for header in headers if header)
        if twice := sorted(name for name, count in counts.items() if count > 1):
            yield f"Repeated columns: {', '.join(twice)}."
        for name in self.get_import_id_fields():
            if name not in headers:
                yield f"The column “{name}” is missing. It says which row of the catalogue a line is about."

    def say_progress(self, done: int, rows: int) -> None:
        self.progress = Progress(str(self.Meta.model._meta.model_name), done, rows)  # type: ignore[attr-defined]
        say_progress(self.progress)

    def load(self, dataset: Dataset) -> None:
        """Read the rows that `dataset` names, and lock its tools."""
        raise NotImplementedError

    def lock(self, slugs: Iterable[str]) -> list[Tool]:
        tools = lock_tools(list(Tool.objects.filter(slug__in=slugs).values_list("pk", flat=True)))
        self.before = states_of(tools)
        return tools

    def before_import_row(self, row: Row, **kwargs: Any) -> None:
        if kwargs["row_number"] % PROGRESS_EVERY == 0:
            self.say_progress(kwargs["row_number"], self.progress.rows)
        ids = self.get_import_id_fields()
        key = tuple((row.get(name) or "").strip() for name in ids)
        line = self.lines[kwargs["row_number"] - 1]
        if (first := self.lines_seen.setdefault(key, line)) != line:
            words = " and ".join(f"“{part}”" for part in key)
            raise ValidationError(
                {ids[0]: f"{words} is on line {first} too. Keep one of the two lines."}
            )

    def after_init_instance(self, instance: Any, new: bool, row: Row, **kwargs: Any) -> None:
        self.original = None if new else copy.copy(instance)

    def after_import_row(self, row: Row, row_result: RowResult, **kwargs: Any) -> None:
        """Show the difference, of a bounded number of rows: a page with all of them would be as long as the file."""
        is_shown = kwargs["dry_run"] and self.differences < MOST_DIFFERENCES
        if not is_shown or row_result.import_type == RowResult.IMPORT_TYPE_SKIP:
            return
        self.differences += 1
        columns, new = self.get_diff_headers(), self.export_resource(row_result.instance)
        old = self.export_resource(self.original) if self.original else [""] * len(columns)
        row_result.diff = cast(Any, row_difference(columns, old, new))  # the template is ours

    def bulk_create(self, *args: Any, result: Result | None = None, **kwargs: Any) -> None:
        self.store(result, copy_rows, self.create_instances)

    def bulk_update(self, *args: Any, result: Result | None = None, **kwargs: Any) -> None:
        names = self.get_bulk_update_fields()
        self.store(result, lambda rows: update_rows(rows, names), self.update_instances)

    def store(
        self, result: Result | None, write: Callable[[list[Any]], None], rows: list[Any]
    ) -> None:
        """Write the collected `rows`. What the database refuses stops the import."""
        try:
            with transaction.atomic():
                write(rows)
        except IntegrityError as error:
            self.refuse(result, refusal_words(error))
        finally:
            rows.clear()

    def get_instance(self, instance_loader: Any, row: Row) -> Any:
        names = self.get_import_id_fields()
        return self.stored.get(tuple(row[name] for name in names))

    def import_field(
        self, field: Field, instance: Model, row: Row, is_m2m: bool = False, **kwargs: Any
    ) -> None:
        name = field.column_name or ""
        if name not in row:
            return
        if name in self.REFERENCES:
            setattr(instance, name, self.find(name, row[name]))
        else:
            model_field = self.Meta.model._meta.get_field(name)  # type: ignore[attr-defined]
            refuse_unknown_choice(cast(Any, model_field), row[name])
            super().import_field(field, instance, row, is_m2m, **kwargs)

    def find(self, name: str, slug: str) -> Any:
        """Return the row that a cell refers to; None for an empty one. Raises ValueError."""
        if not slug:
            return None
        if slug not in self.referenced.get(name, {}):
            model = self.Meta.model._meta.get_field(name).related_model  # type: ignore[attr-defined]
            raise ValueError(f"No {model._meta.verbose_name} has the slug “{slug}”.")
        return self.referenced[name][slug]

    def validate_instance(
        self,
        instance: Any,
        import_validation_errors: Row | None = None,
        validate_unique: bool = True,
    ) -> None:
        """Check the fields and what they say together. The database has the rules about other rows."""
        errors = dict(import_validation_errors or {})
        references = [name for name in self.REFERENCES if getattr(instance, f"{name}_id")]
        try:
            instance.clean_fields(exclude={*errors, *references})
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        try:
            if not import_validation_errors:
                self.clean(instance)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(self.in_words(errors))

    def in_words(self, errors: Row) -> Row:
        """Return `errors` without columns that the file lacks: those are named once, not for each row."""
        if self.original is None:
            self.absent |= errors.keys() & set(self.get_diff_headers()) - set(self.columns)
        found = {name: errors[name] for name in errors if name not in self.absent}
        for messages in found.values():
            for message in messages if isinstance(messages, list) else []:
                if isinstance(message, ValidationError) and message.code in IS_EMPTY:
                    message.message = "Fill in this cell."
        return found

    def clean(self, instance: Any) -> None:
        raise NotImplementedError

    def after_import(self, dataset: SheetDataset, result: Result, **kwargs: Any) -> None:
        result = cast(CsvResult, result)
        if self.absent:
            names = ", ".join(sorted(self.absent))
            self.refuse(result, f"New rows need these columns, which the file lacks: {names}.")
        for problem in self.problems_together():
            self.refuse(result, problem)
        result.problems, result.notes = find_problems(result, dataset), dataset.notes
        changes = (
            result.totals[RowResult.IMPORT_TYPE_NEW] + result.totals[RowResult.IMPORT_TYPE_UPDATE]
        )
        result.hidden_differences = changes - self.differences
        if not result.problems.shown:
            self.say_progress(self.progress.rows, self.progress.rows)
            record_changes(self.before, reasons=self.reasons)

    def refuse(self, result: Result | None, words: str) -> None:
        self.handle_import_error(cast(Result, result), ValidationError(words))

    def problems_together(self) -> Iterable[str]:
        """Return sentences on what is wrong with the rows together, once all of them are written."""
        return []


def refusal_words(error: IntegrityError) -> str:
    """Return what the database says of a row that it refuses: its rule, and the row."""
    detail = getattr(getattr(error.__cause__, "diag", None), "message_detail", None)
    return f"The database refused the file: {str(error).splitlines()[0]}. {detail or ''}".strip()
