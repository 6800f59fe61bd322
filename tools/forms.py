from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet

from tools.actions import REASONED_FIELDS
from tools.facts import read_value, write_value
from tools.logo_input import LogoInput
from tools.logos import MOST_BYTES, Logo, encode_logo, store_logo
from tools.models import Fact, Tool
from tools.successors import successor_problem
from web.optimistic_locking import CONFLICT, TOKEN_FIELD, VersionedForm, VersionedModelForm, digest


class ToolForm(VersionedModelForm):
    """A tool's own fields."""

    ledger_reason = forms.CharField(
        label="Reason for the change log",
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="Readers see it. Required when the name, entry, pricing or status of a published tool changes.",
    )

    logo_file = forms.FileField(
        label="Logo",
        required=False,
        widget=LogoInput,
        help_text="PNG, WebP or plain SVG, at most 1 MB. Without one, pages show the tool's initials.",
    )
    new_logo: Logo | None = None

    class Meta:
        model = Tool
        fields = [
            "name", "slug", "tagline", "description", "category", "website", "entry", "pricing",
            "best_for", "skip_if", "status", "status_date", "successor", "is_sample",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.logo:
            self.fields["logo_file"].initial = self.instance.logo

    def versioned_fields(self) -> list[str]:
        stored = {field.name for field in Tool._meta.fields}
        return [name for name in self.fields if name in stored]

    def stored_version(self) -> Iterable[Any]:
        return [self.stored.published_at]

    def clean_logo_file(self) -> Any:
        """Encode an uploaded logo. The widget gives False where the present one is to be removed."""
        upload = self.cleaned_data["logo_file"]
        if upload and hasattr(upload, "read"):
            if upload.size > MOST_BYTES:
                raise ValidationError("The file is larger than 1 MB. Use a smaller one.")
            self.new_logo = encode_logo(upload.read())
        return upload

    def save_logo(self) -> bool:
        """Set the tool's logo as the form says, unsaved; return whether it is another one."""
        before = self.instance.logo
        if self.new_logo:
            store_logo(self.new_logo)
            self.instance.logo = self.new_logo.digest
        elif self.cleaned_data.get("logo_file") is False:
            self.instance.logo = ""
        return self.instance.logo != before

    @property
    def changed_data(self) -> list[str]:
        names = self.versioned_fields()
        return [name for name in super().changed_data if name in names]

    @property
    def recorded_changes(self) -> list[str]:
        """The names of the changed fields that need a reason."""
        return [name for name in REASONED_FIELDS if name in self.changed_data]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.errors or self.is_unchanged:
            return cleaned
        self.instance.successor = cleaned.get("successor")
        if problem := successor_problem(self.instance):
            self.add_error("successor", problem)
        if self.stored.published_at and self.recorded_changes and not cleaned.get("ledger_reason"):
            names = ", ".join(self.recorded_changes)
            self.add_error("ledger_reason", f"Give a reason. Readers will see a new {names}.")
        return cleaned


class KindSelect(forms.Select):
    """Gives each kind's type and unit to the page's script, which describes the field for the value."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if kind := getattr(value, "instance", None):
            option["attrs"] |= {"data-type": kind.value_type, "data-unit": kind.unit}
        return option


class FactForm(forms.ModelForm):
    """A fact with one field for its value, parsed by the type of the kind."""

    value = forms.CharField(
        max_length=300, widget=forms.TextInput(attrs={"class": "vTextField fact-value"})
    )

    field_order = ["tool", "kind", "value", "source_url", "observed_on"]

    class Meta:
        model = Fact
        fields = ["tool", "kind", "source_url", "observed_on"]
        widgets = {"kind": KindSelect, "source_url": forms.URLInput(attrs={"class": "vURLField"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["value"].initial = write_value(self.instance)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind, text = cleaned.get("kind"), cleaned.get("value")
        if kind and text:
            self.instance.kind = kind
            try:
                self.instance.value = read_value(kind, text)
            except ValidationError as error:
                self.add_error("value", error)
        return cleaned

    def _post_clean(self) -> None:
        # A value that cannot be parsed is reported once, not again by the model.
        if "value" not in self.errors and "kind" not in self.errors:
            super()._post_clean()  # type: ignore[misc]  # not in the stubs


class FactPageForm(VersionedForm, FactForm):
    """A fact on a page of its own."""

    conflict_subject = "This fact"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["value"] = write_value(self.instance)

    @property
    def is_stale(self) -> bool:
        return self.instance.pk is not None and super().is_stale


class FactFormSet(BaseInlineFormSet):
    """A tool's facts, with one version token for all of them."""

    shown_fields = ["kind", "value", "source_url", "observed_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.token_name = f"{self.prefix}-{TOKEN_FIELD}"
        # Now, because validation writes what was typed into the facts.
        self.current_token = digest(
            value
            for fact in self.get_queryset()
            for value in [fact.kind_id, write_value(fact), fact.source_url, fact.observed_on]
        )
        self.version_token = self.data.get(self.token_name, "") if self.is_bound else ""

    def get_queryset(self) -> QuerySet[Fact]:
        if not hasattr(self, "_queryset"):
            self._queryset = super().get_queryset().select_related("kind")
        return self._queryset

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        # The headings of the columns are not their labels.
        for name, field in form.fields.items():
            widget: Any = getattr(field.widget, "widget", field.widget)  # within Django's wrapper
            widget.attrs["aria-label"] = str(field.label or name)
        if "kind" not in form.fields:
            return
        kind = cast(forms.ModelChoiceField, form.fields["kind"])
        if not hasattr(self, "_kinds"):
            self._kinds = list(cast(Iterable[Any], kind.choices))
        kind.choices = self._kinds

    @property
    def is_unchanged(self) -> bool:
        if any(form.cleaned_data.get("DELETE") for form in self.forms):
            return False
        typed = (
            form.cleaned_data.get(name)
            for form in self.forms
            if form.cleaned_data.get("kind")
            for name in self.shown_fields
        )
        return digest(typed) == self.version_token

    def clean(self) -> None:
        super().clean()
        if any(self.errors) or self.version_token == self.current_token or self.is_unchanged:
            return
        raise ValidationError(CONFLICT.format(subject="The list of facts"))

    def save(self, commit: bool = True) -> list[Fact]:
        if self.is_unchanged:
            self.new_objects, self.changed_objects, self.deleted_objects = [], [], []
            if not commit:
                self.saved_forms = []
            return []
        return super().save(commit=commit)
