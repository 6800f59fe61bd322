"""The rows of a hand-written SELECT over several tables as instances of models.

For the queries of every page that is rendered: compiling a queryset with joins takes about a
millisecond of Python for each request, the same SELECT as a constant a twentieth of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model

from web.replica import read_connection


class _Part:
    """The columns of one model in a row, from `start` on."""

    def __init__(self, model: type[Model], fields: "Sequence[Field[Any, Any]]", start: int) -> None:
        self._model, self._columns = model, slice(start, start + len(fields))
        self._names = [field.attname for field in fields]
        self.pk = start + next(place for place, field in enumerate(fields) if field.primary_key)
        # JSON arrives as text.
        self._converters = [
            (place, field.from_db_value)
            for place, field in enumerate(fields)
            if hasattr(field, "from_db_value")
        ]

    def instance(self, row: Sequence[Any], connection: BaseDatabaseWrapper) -> Model:
        values = list(row[self._columns])
        for place, convert in self._converters:
            values[place] = convert(values[place], None, connection)
        return self._model.from_db(connection.alias, self._names, values)


class JoinedRows:
    """A SELECT in which `{alias}` stands for the columns of a model, under that alias of its table.

    The models come first in the list of columns, in the order of the arguments. Generated columns are not
    read: they are deferred fields.
    """

    def __init__(self, select: str, **models: type[Model]) -> None:
        self._select, self._models = select, models

    def read(self, params: Sequence[Any] | Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
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
            for part, known in zip(self._parts, instances, strict=True):
                if row[part.pk] not in known:
                    known[row[part.pk]] = part.instance(row, connection)
            found = zip(self._parts, instances, strict=True)
            yield *(known[row[part.pk]] for part, known in found), *row[self._width :]

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
    def _parts(self) -> list["_Part"]:
        parts, start = [], 0
        for alias, fields in self._fields.items():
            parts.append(_Part(self._models[alias], fields, start))
            start += len(fields)
        return parts

    @cached_property
    def _width(self) -> int:
        return sum(map(len, self._fields.values()))
