"""What the query of an address in the admin may say: what the admin's own links say, and no more.

For a list Django takes any lookup on any column of the list's model. Some raise errors that it does not handle (`__regex=(`,
`__range=1`, operators of PostgreSQL's extensions), and with some a reader of a list learns what the list does not
show.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import ActionLocation
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import BadRequest
from django.db.models import Model, QuerySet
from django.db.models.fields.related import RelatedField
from django.http import HttpRequest

from web.row_ids import parse_row_id

SUFFIXES = ["", "__exact", "__isnull", "__gte", "__lt"]


class CheckedQueryMixin(admin.ModelAdmin):
    """Refuses with 400 a lookup that neither `list_filter` nor `linked_lookups` names."""

    # Those that other pages link to.
    linked_lookups: ClassVar[tuple[str, ...]] = ()

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        if not _is_column(self, lookup):
            return True  # Django answers it with a sentence on the list.
        return lookup in {*self.linked_lookups, *self._lookups_of_filters(request)}

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Model | None:
        """An empty `?_to_field=` counts as none: Django would look for a field without a name."""
        return super().get_object(request, object_id, from_field or None)

    def response_action(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        action_location: ActionLocation = ActionLocation.CHANGE_LIST,
    ) -> Any:
        if None in map(parse_row_id, request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise BadRequest("The id of a row must be a number.")
        return super().response_action(request, queryset, action_location)

    def _lookups_of_filters(self, request: HttpRequest | None) -> Iterator[str]:
        for item in self.get_list_filter(request):  # type: ignore[arg-type]
            if isinstance(item, type):
                yield getattr(item, "parameter_name", "")
                continue
            path = str(item[0] if isinstance(item, (tuple, list)) else item)
            yield from (f"{path}{suffix}" for suffix in SUFFIXES)
            field = get_fields_from_path(self.model, path)[-1]
            if isinstance(field, RelatedField):
                yield f"{path}__{field.target_field.name}__exact"


def _is_column(model_admin: admin.ModelAdmin, lookup: str) -> bool:
    first = lookup.partition("__")[0]
    fields = model_admin.model._meta.get_fields()
    return first in {"pk", *(name for field in fields for name in (field.name, _attname(field)))}


def _attname(field: Any) -> str:
    """Return "tool_id" for the foreign key "tool"."""
    return getattr(field, "attname", field.name)
