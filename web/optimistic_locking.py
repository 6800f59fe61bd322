"""Optimistic locking: a form is saved only over the version of the data that its page showed.

A page carries a version token, "<content>.<version>": a digest of the values that its fields showed, and one
of everything stored whose change must be noticed.
"""

import hashlib
from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, QueryDict

from web.row_ids import parse_row_id

TOKEN_FIELD = "version_token"  # noqa: S105  # the name of a field
CONFLICT = (
    "{subject} changed after you opened this page, so nothing was saved. What you typed is still here. "
    "Save again to keep yours."
)


def digest(values: Iterable[Any]) -> str:
    """Return a short digest of form values, the same for a stored and a typed value.

    Browsers send line breaks as CRLF and forms strip spaces, so those do not count; None is "".
    """
    text = "\0".join("" if value is None else _plain(value) for value in values)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: Any) -> str:
    return str(getattr(value, "pk", value)).replace("\r\n", "\n").strip()


class VersionedForm(forms.Form):
    """A form that refuses to overwrite what somebody else saved since its page was opened.

    Fields that still hold what the page showed (`is_unchanged`) are no conflict: there is nothing to save.
    """

    version_token = forms.CharField(required=False, widget=forms.HiddenInput)

    conflict_message = CONFLICT
    conflict_subject = "This page"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Called when the page is rendered: by then the subclass knows its fields and its version.
        self.fields[TOKEN_FIELD].initial = lambda: self.current_token

    def versioned_fields(self) -> list[str]:
        """Return the names of the fields whose stored values the page shows."""
        return [name for name in self.fields if name != TOKEN_FIELD]

    def stored_version(self) -> Iterable[Any]:
        """Return what else is stored and must not have changed."""
        return []

    def conflict_details(self) -> Iterable[str]:
        """Return sentences on what is stored now."""
        return []

    @property
    def current_token(self) -> str:
        shown = self._values(self.initial)
        return f"{digest(shown)}.{digest([*self.stored_version(), *shown])}"

    @property
    def is_unchanged(self) -> bool:
        """Whether the fields of a validated form hold what the page showed. A form without any does not."""
        content, _ = self._sent_token()
        return bool(self.versioned_fields()) and content == digest(self._values(self.cleaned_data))

    @property
    def is_stale(self) -> bool:
        """Whether the data is another than the one that the page showed."""
        return self._sent_token()[1] != self.current_token.partition(".")[2]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not self.is_unchanged and self.is_stale:
            self.renew_token()
            subject = self.conflict_message.format(subject=self.conflict_subject)
            raise ValidationError([subject, *self.conflict_details()])
        return cleaned

    def renew_token(self) -> None:
        """Put the current version into the page, so that the form can be sent again on purpose."""
        data = self.data.copy() if isinstance(self.data, QueryDict) else dict(self.data)
        data[self.add_prefix(TOKEN_FIELD)] = self.current_token
        self.data = data

    def _sent_token(self) -> tuple[str, str]:
        content, _, version = self.data.get(self.add_prefix(TOKEN_FIELD), "").partition(".")
        return content, version

    def _values(self, values: Mapping[str, Any]) -> list[Any]:
        return [values.get(name) for name in self.versioned_fields()]


class VersionedModelForm(VersionedForm, forms.ModelForm):
    """A model form on a page of its own: what a conflict overwrites is listed as it is stored now."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conflict_subject = f"This {self.instance._meta.verbose_name}"
        # Validation writes what was typed into the instance.
        self.stored = copy(self.instance)

    @property
    def is_stale(self) -> bool:
        return self.instance.pk is not None and super().is_stale

    def conflict_details(self) -> Iterable[str]:
        for name in self.changed_data:
            if name in self.versioned_fields():
                display = getattr(self.stored, f"get_{name}_display", None)
                value = display() if display else getattr(self.stored, name)
                yield f"{self.fields[name].label} is now “{value or 'empty'}”."


class LockedOnPostMixin(admin.ModelAdmin):
    """For a ModelAdmin: a POST holds the row, so that the next one compares with what this one stored."""

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> models.Model | None:
        if request.method == "POST" and (pk := parse_row_id(object_id)) is not None:
            # Rows that refer to this one can be added meanwhile.
            rows = self.model._default_manager.select_for_update(of=("self",), no_key=True)
            rows.filter(pk=pk).first()
        return super().get_object(request, object_id, from_field)


class VersionedAdminMixin(LockedOnPostMixin):
    """For a ModelAdmin: what somebody else saved since the page was opened is not overwritten."""

    form = VersionedModelForm
    change_form_template = "admin/versioned_change_form.html"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The template prints the token; a form has it whatever is listed here."""
        return [name for name in super().get_fields(request, obj) if name != TOKEN_FIELD]
