"""Figures over the whole catalogue that a job computes and stores, because no request could.

Each set of figures is a function that returns all its rows. The job stores them when the reviews that
they come from have changed; `recount --check` computes them again and compares.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone

from reviews.figure_set import FigureSet

# The current reviews of published tools, with what else of a tool decides where it is counted.
INPUTS = """
SELECT count(*) || ':' || coalesce(sum(hashtextextended(
    concat_ws(':', review.id, tool.id, tool.category_id, tool.status), 0)), 0)
FROM reviews_review AS review JOIN tools_tool AS tool ON tool.id = review.tool_id
WHERE review.is_current AND tool.published_at <= %(now)s
"""
NO_INPUTS = "0:0"
# How many job runs may fail before `recount --check` says so, at one every ten minutes.
LONGEST_WAIT = timedelta(hours=1)
LONGEST_STATEMENT = "2min"

type Rows = list[models.Model]
# {what identifies a row: its other values}
type Values = dict[tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True)
class StoredFigures:
    """One set of stored figures: `compute` returns all rows, of the `tables`, unsaved.

    A table's `KEY` names the fields that identify a row. Each of `input_statements` counts and hashes what the
    figures come from. `setting_names` are the settings that decide.
    """

    name: str
    tables: Sequence[type[models.Model]]
    compute: Callable[[], Rows]
    setting_names: Sequence[str] = ()
    input_statements: Sequence[str] = (INPUTS,)

    ALL_RIGHT: ClassVar[str] = "all match their rows, or wait for the next run of the job."

    def refresh(self) -> bool:
        """Compute and store the figures if what they come from has changed; return whether it had."""
        inputs = self._inputs()
        unchanged = FigureSet.objects.filter(name=self.name, inputs=inputs)
        if unchanged.update(checked_at=timezone.now()):
            return False
        self.recount()
        return True

    @transaction.atomic
    def recount(self) -> int:
        """Compute all figures, store them if one differs, and return how many did."""
        FigureSet.objects.get_or_create(name=self.name)
        figure_set = FigureSet.objects.select_for_update().get(name=self.name)
        figure_set.inputs = self._inputs()
        rows = self._computed()
        changed = len(list(self._row_differences(rows)))
        for table in self.tables if changed else []:
            table._default_manager.all().delete()
            table._default_manager.bulk_create([row for row in rows if type(row) is table])
        figure_set.computed_at = figure_set.checked_at = timezone.now()
        figure_set.save()
        return changed

    def differences(self) -> Iterator[str]:
        """Yield a sentence for each row that is not what its reviews give.

        Figures that wait for the job are no difference, unless it has not run for LONGEST_WAIT.
        """
        figure_set = FigureSet.objects.filter(name=self.name).first()
        inputs = self._inputs()
        if figure_set and figure_set.inputs == inputs:
            yield from self._row_differences(self._computed())
        elif figure_set is None and inputs != self._words([NO_INPUTS] * len(self.input_statements)):
            yield "never computed. Run recount, and check that the worker runs."
        elif figure_set and figure_set.checked_at < timezone.now() - LONGEST_WAIT:
            yield f"not refreshed since {figure_set.checked_at:%Y-%m-%d %H:%M} UTC. Check that the worker runs."

    def computed_at(self) -> datetime | None:
        """Return when the stored rows were computed, for the pages that print them."""
        found = FigureSet.objects.filter(name=self.name).values_list("computed_at", flat=True)
        return found.first()

    @transaction.atomic
    def _computed(self) -> Rows:
        """All rows, in statements that may take longer than a reader's, with as long computations between them."""
        with connection.cursor() as cursor:
            for limit in ["statement_timeout", "idle_in_transaction_session_timeout"]:
                cursor.execute(f"SET LOCAL {limit} = '{LONGEST_STATEMENT}'")
        return self.compute()

    def _inputs(self) -> str:
        now, found = timezone.now(), []
        with connection.cursor() as cursor:
            for statement in self.input_statements:
                cursor.execute(statement, {"now": now})
                found.append(cursor.fetchone()[0])
        return self._words(found)

    def _words(self, inputs: Sequence[str]) -> str:
        return ":".join([*inputs, *(str(getattr(settings, name)) for name in self.setting_names)])

    def _row_differences(self, rows: Rows) -> Iterator[str]:
        for table in self.tables:
            right = _values(row for row in rows if type(row) is table)
            stored = _values(table._default_manager.iterator())
            for key in sorted(right.keys() | stored.keys(), key=str):  # a part can be None
                if stored.get(key) != right.get(key):
                    yield _sentence(table, key, stored.get(key), right.get(key))


def _values(rows: Iterator[Any]) -> Values:
    return {
        tuple(getattr(row, name) for name in row.KEY): {
            field.attname: getattr(row, field.attname)
            for field in row._meta.concrete_fields
            if field.attname not in row.KEY and field.name != "id"
        }
        for row in rows
    }


def _sentence(table: Any, key: tuple[Any, ...], stored: Any, right: Any) -> str:
    row = f"{table._meta.verbose_name} {'/'.join(str(part) for part in key)}"
    if stored is None:
        return f"{row} is missing"
    if right is None:
        return f"{row} should not be there"
    changed = [name for name in right if right[name] != stored[name]]
    return f"{row}: " + ", ".join(
        f"{name} is {stored[name]}, not {right[name]}" for name in changed
    )
