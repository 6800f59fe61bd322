"""The rows of a hand-written SELECT over several tables as instances of models.

For the queries of every page that is rendered: compiling a queryset with joins takes about a
millisecond of Python for each request, the same SELECT as a constant a twentieth of it.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from django.db.models import Field, Model

from web.replica import read_connection


class JoinedRows:
    """A SELECT in which `{alias}` stands for the columns of a model, under that alias of its table.

    The models come first in the list of columns, in the order of the arguments. Generated columns are not
    read: they are deferred fields.
    """

    def __init__(self, select: str, **models: type[Model]) -> None:
        self._select, self._models = select, models

    def read(self, params: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        """Yield an instance of each model and the other columns, row by row, in one query.

        A row of a model that occurs several times is one instance; None stands for one that an outer join
        did not find.
        """
        connection = read_connection()
        with connection.cursor() as cursor:
            cursor.execute(self._sql, params)
            rows = cursor.fetchall()
        instances: list[dict[Any, Any]] = [{None: None} for _ in self._parts]
        for row in rows:
            for (model, names, pk, columns), known in zip(self._parts, instances, strict=True):
                if row[pk] not in known:
                    known[row[pk]] = model.from_db(connection.alias, names, row[columns])
            found = zip(self._parts, instances, strict=True)
            yield *(known[row[pk]] for (_, _, pk, _), known in found), *row[self._width :]

    @cached_property
    def _fields(self) -> "dict[str, list[Field[Any, Any]]]":
        return {
            alias: [field for field in model._meta.concrete_fields if not field.generated]
            for alias, model in self._models.items()
        }

    @cached_property
    def _sql(self) -> str:
        lists = {
            alias: ", ".join(f'{alias}."{field.column}"' for field in fields)
            for alias, fields in self._fields.items()
        }
        return self._select.format(**lists)

    @cached_property
    def _parts(self) -> list[tuple[type[Model], list[str], int, slice]]:
        """Per model: the names of its fields, and the places of its primary key and of all columns."""
        parts, start = [], 0
        for alias, fields in self._fields.items():
            names = [field.attname for field in fields]
            pk = start + next(place for place, field in enumerate(fields) if field.primary_key)
            parts.append((self._models[alias], names, pk, slice(start, start + len(names))))
            start += len(names)
        return parts

    @cached_property
    def _width(self) -> int:
        return sum(map(len, self._fields.values()))
