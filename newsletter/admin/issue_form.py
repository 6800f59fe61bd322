"""What staff may edit in an issue before its content is locked."""

from typing import Any, cast

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from newsletter.admin.items_field import MOST_ROWS, ItemsField, in_order, item_rows
from newsletter.digest.default_copy import suggested_subjects
from newsletter.digest.edits import MOST_LEADS
from newsletter.digest.sections import PARTS
from newsletter.issues.issue_content import changes_of, count_items, edited_digest
from newsletter.models import Issue
from web.optimistic_locking import VersionedForm

PLACES = [str(place) for place in range(1, len(PARTS) + 1)]


class PartsWidget(forms.Widget):
    """All parts, each with a menu for its place in the issue: works by keyboard and without JavaScript."""

    use_fieldset = True
    counts: dict[str, int] = {}  # {part: the number of its items}, set for the page

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        places = value if isinstance(value, dict) else places_of(value or [])
        order = list(dict.fromkeys([*places, *PARTS]))
        shown = sorted(order, key=lambda part: _rank(places.get(part, "")))
        rows = [(part, PARTS[part], places.get(part, ""), self.counts.get(part)) for part in shown]
        context = {"name": name, "rows": rows, "places": PLACES, "attrs": attrs or {}}
        return render_to_string("admin/newsletter/issue/parts.html", context)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        """Return {part: place} in the order of the page."""
        sent = [each.removeprefix(f"{name}-") for each in data if each.startswith(f"{name}-")]
        order = dict.fromkeys([*sent, *PARTS])
        return {part: data.get(f"{name}-{part}", "") for part in order if part in PARTS}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not any(f"{name}-{part}" in data for part in PARTS)

    def id_for_label(self, id_: str, index: str = "0") -> str:
        return ""


def _rank(place: str) -> int:
    return PLACES.index(place) if place in PLACES else len(PLACES)


class PartsField(forms.Field):
    """{part: its place, or "" if left out} → the names of the parts in order. Ties keep their order."""

    widget = PartsWidget

    def clean(self, value: dict[str, str]) -> list[str]:
        if any(place not in {"", *PLACES} for place in value.values()):
            raise forms.ValidationError("Choose each place from the list.")
        chosen = [part for part, place in value.items() if place]
        if not chosen:
            raise forms.ValidationError("Include at least one part.")
        return sorted(chosen, key=lambda part: int(value[part]))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return places_of(initial or []) != {part: place for part, place in data.items() if place}


class IssueForm(VersionedForm, forms.ModelForm):
    conflict_subject = "This issue"

    suggestion = forms.ChoiceField(
        required=False,
        label="Suggested subjects",
        widget=forms.RadioSelect(attrs={"class": "admin-radios"}),
    )
    parts = PartsField(help_text="Parts with the same number keep the order of this list.")
    edits = ItemsField(
        label="Items",
        help_text=(
            f"At most {MOST_LEADS} items can be the lead, on top of the issue. "
            "Items with a number come first in their part; the others keep their usual order. "
            f"The table shows the first {MOST_ROWS} items."
        ),
    )

    class Meta:
        model = Issue
        fields = ["subject", "preheader", "intro", "is_announcement", "parts", "edits"]
        widgets = {
            name: forms.TextInput(attrs={"class": "vLargeTextField"})
            for name in ["subject", "preheader"]
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["edits"] = in_order(self.instance.edits)
        if self.instance.is_editable:
            self._show_changes()

    def clean(self) -> dict[str, Any]:
        """Take the suggested subject, if one is chosen."""
        if suggestion := self.cleaned_data.get("suggestion"):
            self.cleaned_data["subject"] = suggestion
            self.errors.pop("subject", None)
        return super().clean()

    def _show_changes(self) -> None:
        changes = changes_of(self.instance)
        cast(PartsField, self.fields["parts"]).widget.counts = count_items(changes)
        items = cast(ItemsField, self.fields["edits"])
        items.set_rows(item_rows(changes), self.initial["edits"])
        subjects = suggested_subjects(edited_digest(self.instance, changes))
        suggestion = cast(forms.ChoiceField, self.fields["suggestion"])
        suggestion.choices = [("", "Keep the subject above"), *zip(subjects, subjects, strict=True)]


def places_of(parts: list[str]) -> dict[str, str]:
    return {part: str(place) for place, part in enumerate(parts, 1)}
