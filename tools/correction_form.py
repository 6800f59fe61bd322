"""The form that corrects an entry of the change log: typed by the kind of the entry."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator

from tools.facts import read_value
from tools.ledger_state import Kind
from tools.models import Category, LedgerEntry, Tool
from tools.panel_word import PanelWord

# Entries of these kinds have no single value that a correction could replace.
UNCORRECTABLE = (Kind.ADDED, Kind.RESTORED, Kind.WITHDRAWN)
BOUNDS = [MinValueValidator(0), MaxValueValidator(100)]


def can_be_corrected(entry: LedgerEntry) -> bool:
    return Kind(entry.kind) not in UNCORRECTABLE


class CorrectionForm(forms.Form):
    """What an entry should have said, and why it was wrong.

    After validation `codes` and `references` hold what the entry's kind stores.
    """

    reason = forms.CharField(
        max_length=300,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="Why it was wrong. Readers see both.",
    )
    field_order = ["score", "verdict", "status", "date", "successor", "correction", "reason"]

    def __init__(self, *args: Any, entry: LedgerEntry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entry = entry.corrects or entry
        self.fields |= _fields_of(Kind(self.entry.kind))
        self.order_fields(self.field_order)

    def clean_correction(self) -> Any:
        correction = self.cleaned_data["correction"]
        if self.entry.fact_kind is None:
            return correction
        value = read_value(self.entry.fact_kind, correction)
        return value if isinstance(value, str | bool) else float(value)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.entry.kind == Kind.STATUS and cleaned.get("successor") == self.entry.tool:
            raise ValidationError({"successor": "A tool is not its own successor."})
        return cleaned

    @property
    def references(self) -> dict[str, int | None]:
        match Kind(self.entry.kind):
            case Kind.CATEGORY:
                return {"new_category_id": self.cleaned_data["correction"].pk}
            case Kind.STATUS:
                successor = self.cleaned_data["successor"]
                return {"new_successor_id": successor.pk if successor else None}
        return {}

    @property
    def codes(self) -> Any:
        cleaned = self.cleaned_data
        match Kind(self.entry.kind):
            case Kind.CATEGORY:
                return None
            case Kind.STATUS:
                day = cleaned["date"]
                return {"status": cleaned["status"], "date": day and day.isoformat()}
            case Kind.REVIEWED:
                return {"score": cleaned["score"], "verdict": cleaned["verdict"]}
            case Kind.FACT:
                return (self.entry.new or self.entry.old) | {"value": cleaned["correction"]}
            case Kind.SCORE:
                return float(cleaned["correction"])
        return cleaned["correction"] or None


def _fields_of(kind: Kind) -> dict[str, forms.Field]:
    match kind:
        case Kind.STATUS:
            return {
                "status": forms.ChoiceField(choices=Tool.Status.choices),
                "date": forms.DateField(required=False),
                "successor": forms.ModelChoiceField(Tool.objects.on_record(), required=False),
            }
        case Kind.REVIEWED:
            return {
                "score": forms.IntegerField(min_value=0, max_value=100),
                "verdict": forms.ChoiceField(choices=PanelWord.choices[:2]),
            }
    return {"correction": _value_field(kind)}


def _value_field(kind: Kind) -> forms.Field:
    help_text = "What the entry should have said."
    match kind:
        case Kind.VERDICT:
            return forms.ChoiceField(choices=PanelWord.choices, help_text=help_text)
        case Kind.ENTRY:
            return forms.ChoiceField(choices=Tool.Entry.choices, help_text=help_text)
        case Kind.CATEGORY:
            return forms.ModelChoiceField(Category.objects.all(), help_text=help_text)
        case Kind.SCORE:
            return forms.DecimalField(
                max_digits=4, decimal_places=1, validators=BOUNDS, help_text=help_text
            )
    text = forms.TextInput(attrs={"class": "vTextField"})
    optional = kind in (Kind.PRICING, Kind.BEST_FOR, Kind.SKIP_IF)
    return forms.CharField(max_length=300, widget=text, help_text=help_text, required=not optional)
