"""What staff may change of an issue that is not frozen yet."""

from hashlib import sha256

from django import forms
from django.template.loader import render_to_string

from newsletter.digest.sections import PARTS
from newsletter.models import Issue

PLACES = [str(place) for place in range(1, len(PARTS) + 1)]


class PartsWidget(forms.Widget):
    """A list of all parts, each with its place in the issue: works by keyboard and without JavaScript."""

    use_fieldset = True
    counts = {}  # {part: how many things it has to tell}, set for the page

    def render(self, name, value, attrs=None, renderer=None):
        places = value if isinstance(value, dict) else places_of(value or [])
        order = list(PARTS)
        shown = sorted(PARTS, key=lambda part: (places.get(part) or "99", order.index(part)))
        rows = [(part, PARTS[part], places.get(part, ""), self.counts.get(part)) for part in shown]
        context = {"name": name, "rows": rows, "places": PLACES, "attrs": attrs or {}}
        return render_to_string("admin/newsletter/issue/parts.html", context)

    def value_from_datadict(self, data, files, name):
        return {part: data.get(f"{name}-{part}", "") for part in PARTS}

    def value_omitted_from_data(self, data, files, name):
        return not any(f"{name}-{part}" in data for part in PARTS)

    def id_for_label(self, id_):
        return ""


class PartsField(forms.Field):
    """{part: its place, or "" for left out} → the names of the parts in order. Ties keep their usual order."""

    widget = PartsWidget

    def clean(self, value):
        if any(place not in {"", *PLACES} for place in value.values()):
            raise forms.ValidationError("A place is a number from the list.")
        chosen = [part for part in PARTS if value.get(part)]
        if not chosen:
            raise forms.ValidationError("Leave at least one part in.")
        return sorted(chosen, key=lambda part: int(value[part]))

    def has_changed(self, initial, data):
        return places_of(initial or []) != {part: place for part, place in data.items() if place}


class IssueForm(forms.ModelForm):
    parts = PartsField(help_text="The same number twice: they keep their usual order.")
    # What the page showed: somebody else's change meanwhile must not be overwritten unseen.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Issue
        fields = ["subject", "preheader", "intro", "parts"]
        widgets = {
            name: forms.TextInput(attrs={"class": "vLargeTextField"})
            for name in ["subject", "preheader"]
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.stored_now = fingerprint(self.instance)
        self.initial["seen"] = self.stored_now

    def clean(self):
        cleaned = super().clean()
        if self.data.get(self.add_prefix("seen")) != self.stored_now:
            self.data = self.data.copy()
            self.data[self.add_prefix("seen")] = self.stored_now
            raise forms.ValidationError(
                "Nothing was saved: somebody changed this issue after you opened the page. What you typed "
                "is still here. Save again to keep yours, or reload the page to see theirs."
            )
        return cleaned


def places_of(parts):
    return {part: str(place) for place, part in enumerate(parts, 1)}


def fingerprint(issue):
    told = [issue.subject, issue.preheader, issue.intro, *issue.parts]
    return sha256("\0".join(told).encode()).hexdigest()[:16]
