from datetime import datetime, timedelta
from typing import Any, Self, cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.utils import timezone

from tools.models import Tool
from votes.models import Intervention, Vote
from votes.networks import in_network, is_code
from web.autocomplete_select import IdAutocompleteSelect
from web.date_time_input import DateTimeLocalInput, time_zone_note


class InterventionReasonForm(forms.Form):
    """The reason for an intervention. Readers see it."""

    reason = forms.CharField(
        max_length=Intervention._meta.get_field("reason").max_length,
        help_text="Readers see it in the tool's public vote log, as done by a publisher. Your name is not shown.",
        widget=forms.TextInput(attrs={"class": "vLargeTextField", "autocomplete": "off"}),
    )


class SelectedVotesForm(InterventionReasonForm):
    """An intervention on the votes that the page showed: votes cast or changed since are left out."""

    as_of = forms.DateTimeField(widget=forms.HiddenInput)

    @classmethod
    def unbound(cls) -> Self:
        return cls(initial={"as_of": timezone.now().isoformat()})


class BurstForm(forms.Form):
    """A burst: the votes on one tool in a time window, optionally of one network only."""

    tool = forms.ModelChoiceField(Tool.objects.all())
    since = forms.DateTimeField(label="From (inclusive)", widget=DateTimeLocalInput(seconds=True))
    until = forms.DateTimeField(label="To (exclusive)", widget=DateTimeLocalInput(seconds=True))
    network = forms.CharField(
        required=False,
        help_text="The short code of one network, as the list of votes shows it. Leave empty for all networks.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = IdAutocompleteSelect(Vote._meta.get_field("tool"), admin.site)
        tool = cast(forms.ModelChoiceField, self.fields["tool"])
        widget.choices = tool.choices
        tool.widget = widget
        for name in ("since", "until"):
            self.fields[name].help_text = time_zone_note()
        now = timezone.now().replace(microsecond=0)
        self.initial = {"since": now - timedelta(hours=1), "until": now, **self.initial}

    def clean_network(self) -> str:
        code = self.cleaned_data["network"].strip().lower()
        if code and not is_code(code):
            raise forms.ValidationError(
                "Enter the 8 characters of a network's short code: 0-9 and a-f."
            )
        return code

    def clean_until(self) -> datetime:
        until = self.cleaned_data["until"]
        if until > timezone.now():
            raise forms.ValidationError("The time is in the future.")
        return until

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "since" in cleaned and "until" in cleaned and cleaned["since"] >= cleaned["until"]:
            self.add_error("until", "The end must be later than the start.")
        return cleaned

    def votes(self) -> QuerySet[Vote]:
        """Return the votes of a valid form: cast or last changed in [since, until)."""
        window = self.cleaned_data
        votes = Vote.objects.filter(
            tool=window["tool"], changed_at__gte=window["since"], changed_at__lt=window["until"]
        )
        return in_network(votes, window["network"]) if window["network"] else votes
