"""Which parameters the site reads: those that a view looked up in GET and POST, and those of the admin's lists."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.admin import ModelAdmin
from django.db.models import Field
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

# What every view may get: sorting and paging of ours and of the admin, and names that no view has.
ALWAYS = ["q", "page", "x", "sort", "next"]
OF_A_LIST = [
    "o",
    "p",
    "q",
    "all",
    "e",
    "_facets",
    "_popup",
    "_to_field",
    "_changelist_filters",
    "x",
]
LOOKUPS = [
    "regex",
    "iregex",
    "date",
    "year__gt",
    "isnull",
    "in",
    "range",
    "contains",
    "search",
    "x",
    "pk__x",
]


class LookedUp:
    """Collects the names that anything looks up in the query or in a form, while it is installed."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def install(self) -> None:
        for method in ["__getitem__", "__contains__", "get", "getlist"]:
            setattr(QueryDict, method, self._noting(getattr(MultiValueDict, method)))

    def take(self) -> set[str]:
        names, self.names = self.names, set()
        return names

    def _noting(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def noting(query: QueryDict, name: Any, *args: Any, **kwargs: Any) -> Any:
            if isinstance(name, str) and len(name) < 100:
                self.names.add(name)
            return original(query, name, *args, **kwargs)

        return noting


def admin_of(callback: Callable[..., Any]) -> ModelAdmin | None:
    """Return the ModelAdmin that `callback` is a view of. Django notes it on what it wraps."""
    return getattr(callback, "model_admin", None)


def list_parameters(model_admin: ModelAdmin) -> Iterator[str]:
    """Yield what an address may filter a list of the admin by: every field with every kind of lookup."""
    yield from OF_A_LIST
    for item in model_admin.list_filter:
        yield str(getattr(item, "parameter_name", item))
    for field in model_admin.model._meta.get_fields():
        yield from _lookups(field)


def initial_values(model_admin: ModelAdmin) -> Iterator[str]:
    """Yield what an address may give the form for a new row."""
    for field in model_admin.model._meta.get_fields():
        yield field.name


def _lookups(field: Any) -> Iterator[str]:
    yield field.name
    names = {*LOOKUPS, *field.get_lookups()} if isinstance(field, Field) else LOOKUPS
    for name in sorted(names):
        yield f"{field.name}__{name}"
    if field.is_relation and field.related_model:
        for other in field.related_model._meta.get_fields():
            yield f"{field.name}__{other.name}"
