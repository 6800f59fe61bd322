from copy import copy

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet

from tools.actions import RECORDED_FIELDS
from tools.facts import read_value, write_value
from tools.fingerprint import fingerprint
from tools.models import Fact, Tool

SAVED_MEANWHILE = (
    "Somebody else saved {what} after you opened this page, so nothing was saved. What you typed is "
    "still here. Save again to keep yours."
)


class ToolForm(forms.ModelForm):
    """A tool's own fields. Notices when they were saved by somebody else since the page was opened."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    ledger_reason = forms.CharField(
        label="Reason for the ledger",
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="Readers see it. Needed when name, entry, pricing or status of a published tool changes.",
    )

    class Meta:
        model = Tool
        fields = [
            "name", "slug", "tagline", "description", "category", "website", "entry", "pricing",
            "best_for", "skip_if", "status", "status_date", "successor", "is_sample",
        ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.stored = copy(self.instance)
        names = [name for name in self.fields if name in self._stored_names()]
        state = "scheduled or published" if self.instance.published_at else "draft"
        self.shown = fingerprint(
            [self.initial.get(name) for name in names]
            + [self.instance.status_date, self.instance.published_at, state]
        )
        self.fields["seen"].initial = f"{self._content(self.initial)}.{self.shown}"

    @property
    def changed_data(self):
        return [name for name in super().changed_data if name in self._stored_names()]

    @property
    def is_untouched(self):
        """Whether the fields hold what the page showed, so that there is nothing of them to save."""
        return self.cleaned_data.get("seen", "").split(".")[0] == self._content(self.cleaned_data)

    @property
    def recorded_changes(self):
        """The names of the fields whose change the ledger tells of."""
        return [name for name in RECORDED_FIELDS if name in self.changed_data]

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk is None or self.errors:
            return cleaned
        if self.is_untouched:
            return cleaned
        if cleaned.get("seen", "").split(".")[-1] != self.shown:
            self.data = self.data.copy()
            self.data[self.add_prefix("seen")] = self.fields["seen"].initial
            raise ValidationError([SAVED_MEANWHILE.format(what="this tool"), *self._now_stored()])
        if self.stored.published_at and self.recorded_changes and not cleaned.get("ledger_reason"):
            names = ", ".join(self.recorded_changes)
            self.add_error("ledger_reason", f"Readers will see a new {names}: say why.")
        return cleaned

    def _now_stored(self):
        for name in self.changed_data:
            if name in self._stored_names():
                display = getattr(self.stored, f"get_{name}_display", None)
                value = display() if display else getattr(self.stored, name)
                yield f"{self.fields[name].label} is now “{value or 'empty'}”."

    def _content(self, values):
        names = sorted(name for name in self.fields if name in self._stored_names())
        return fingerprint([values.get(name) for name in names])

    def _stored_names(self):
        return {field.name for field in Tool._meta.fields}


class KindSelect(forms.Select):
    """Tells the page's script of which type a kind is, so that the value's field can say so."""

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        if kind := getattr(value, "instance", None):
            option["attrs"] |= {"data-type": kind.value_type, "data-unit": kind.unit}
        return option


class FactForm(forms.ModelForm):
    """A fact with one field for its value, read by the type of the kind."""

    value = forms.CharField(
        max_length=300, widget=forms.TextInput(attrs={"class": "vTextField fact-value"})
    )

    field_order = ["tool", "kind", "value", "source_url", "observed_on"]

    class Meta:
        model = Fact
        fields = ["tool", "kind", "source_url", "observed_on"]
        widgets = {"kind": KindSelect, "source_url": forms.URLInput(attrs={"class": "vURLField"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["value"].initial = write_value(self.instance)

    def clean(self):
        cleaned = super().clean()
        kind, text = cleaned.get("kind"), cleaned.get("value")
        if kind and text:
            self.instance.kind = kind
            try:
                self.instance.value = read_value(kind, text)
            except ValidationError as error:
                self.add_error("value", error)
        return cleaned

    def _post_clean(self):
        # A value that could not be read is told once, not again by the model.
        if "value" not in self.errors and "kind" not in self.errors:
            super()._post_clean()


class FactFormSet(BaseInlineFormSet):
    """A tool's facts. Notices when they were saved by somebody else since the page was opened."""

    fields_seen = ["kind", "value", "source_url", "observed_on"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.seen_name = f"{self.prefix}-seen"
        self.seen = fingerprint(
            value
            for fact in self.get_queryset()
            for value in [fact.kind_id, write_value(fact), fact.source_url, fact.observed_on]
        )
        self._seen_by_user = self.data.get(self.seen_name, self.seen) if self.is_bound else ""

    def get_queryset(self):
        if not hasattr(self, "_queryset"):
            self._queryset = super().get_queryset().select_related("kind")
        return self._queryset

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if "kind" not in form.fields:
            return
        if not hasattr(self, "_kinds"):
            self._kinds = list(form.fields["kind"].choices)
        form.fields["kind"].choices = self._kinds

    @property
    def is_untouched(self):
        rows = [
            [form.cleaned_data.get(name) for name in self.fields_seen]
            for form in self.forms
            if form.cleaned_data.get("kind")
        ]
        if any(form.cleaned_data.get("DELETE") for form in self.forms):
            return False
        return fingerprint(value for row in rows for value in row) == self._seen_by_user

    def clean(self):
        super().clean()
        if any(self.errors) or self._seen_by_user == self.seen or self.is_untouched:
            return
        self._seen_by_user = self.seen
        raise ValidationError(SAVED_MEANWHILE.format(what="the facts"))

    def save(self, commit=True):
        if self.is_untouched:
            self.new_objects, self.changed_objects, self.deleted_objects = [], [], []
            if not commit:
                self.saved_forms = []
            return []
        return super().save(commit=commit)


class CorrectionForm(forms.Form):
    """A new ledger entry that corrects an older one."""

    correction = forms.CharField(
        max_length=300,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="What the entry should have said.",
    )
    reason = forms.CharField(
        max_length=300,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="Why it was wrong. Readers see both.",
    )
