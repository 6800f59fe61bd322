from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import ForeignKey
from django.forms import ModelChoiceField
from django.http import HttpRequest

from web.row_ids import parse_row_id


class IdAutocompleteSelect(AutocompleteSelect):
    """Django's own answers an id that is no number (?tool=abc) with an error 500."""

    def optgroups(
        self, name: str, value: Sequence[str], attrs: dict[str, Any] | None = None
    ) -> list[Any]:
        ids = [pk for pk in value if parse_row_id(pk) is not None]
        return super().optgroups(name, ids, attrs)


class IdAutocompleteMixin(admin.ModelAdmin):
    """For a ModelAdmin with `autocomplete_fields`."""

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", IdAutocompleteSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
